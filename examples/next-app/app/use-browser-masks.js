import { parsePrompt } from '@clipseg/core';
import { threshold } from '@clipseg/core/postprocess';
import { useMask, useSegmentation } from '@clipseg/react';

function promptOf(text) {
  try {
    return parsePrompt(text);
  } catch {
    return undefined; // PromptInput shows the syntax error
  }
}

/** Encodes the image once in a worker and prompts it often; the threshold needs no inference. */
export function useBrowserMasks({ source, text, cut }) {
  const { status, segmentation, error } = useSegmentation(source, promptOf(text), {
    debounce: 150,
  });
  const { segments } = useMask(segmentation, [threshold(cut)]);
  return { status, segments, error };
}
