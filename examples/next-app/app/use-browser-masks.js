import { parsePrompt } from '@clipseg/core';
import { threshold } from '@clipseg/core/masks';
import { useMask, useSegmentation } from '@clipseg/react';

function promptOf(text) {
  try {
    return parsePrompt(text);
  } catch {
    return undefined; // PromptInput shows where it cannot be read
  }
}

/** Encoded once in a worker of this page, prompted often; the threshold needs no inference. */
export function useBrowserMasks({ source, text, cut }) {
  const { status, segmentation, error } = useSegmentation(source, promptOf(text), {
    debounce: 150,
  });
  const { segments } = useMask(segmentation, [threshold(cut)]);
  return { status, segments, error };
}
