import type { Prompt, RawImage, Segmentation } from '@clipseg/core';
import { type Color, colorOf } from '@clipseg/core/formats';
import type { PostProcessor, ProcessedSegment } from '@clipseg/core/postprocess';
import { type UseClipSeg, useMask, useRawImage, useSegmentation } from '@clipseg/react';
import { useMemo } from 'react';
import { type MaskSettings, pipelineOf } from './mask-settings.js';
import { labelOf, type PromptRow } from './prompt-rows.js';
import type { NamedImage } from './samples.js';
import { type Shown, shownSegments, type View } from './shown-segments.js';
import { EXAMPLE_LABEL, type Example, useExamplePrompt } from './use-example-prompt.js';

/** Color of the prompt by example, distinct from the first colors. */
export const EXAMPLE_COLOR: Color = colorOf(6);
/** Milliseconds without a key press before prompts are segmented. */
const TYPING_MS = 150;

export interface ResultInput {
  readonly clipSeg: UseClipSeg;
  readonly input: NamedImage;
  readonly rows: readonly PromptRow[];
  readonly example: Example | undefined;
  readonly settings: MaskSettings;
  readonly view: View;
}

export interface Result {
  /** The image's pixels. */
  readonly image: RawImage | undefined;
  /** Whether the model is running. */
  readonly pending: boolean;
  readonly segmentation: Segmentation | undefined;
  readonly steps: readonly PostProcessor[];
  /** The masks that the steps made, one per prompt. */
  readonly segments: readonly ProcessedSegment[];
  /** One per segment. */
  readonly colors: readonly Color[];
  /** The segments and colors that the view shows. */
  readonly shown: Shown;
  readonly error: Error | undefined;
}

const NOTHING: readonly ProcessedSegment[] = [];

/** Makes masks from an image and prompts: first with the model, then with post-processing. */
export function useResult({ clipSeg, input, rows, example, settings, view }: ResultInput): Result {
  const { image, error: unreadable } = useRawImage(input.source);
  const byExample = useExamplePrompt(clipSeg.clipSeg, example);
  const prompts = [...rows.map(({ prompt }) => prompt), byExample.prompt];
  const asked = prompts.filter((prompt): prompt is Prompt => prompt !== undefined);
  const { segmentation, status, error } = useSegmentation(image, asked, {
    clipSeg,
    debounce: TYPING_MS,
  });
  const steps = useMemo(() => pipelineOf(settings), [settings]);
  const { segments = NOTHING, error: broken } = useMask(segmentation, steps, { image });
  const colors = useMemo(() => {
    const byLabel = new Map([[EXAMPLE_LABEL, EXAMPLE_COLOR]]);
    for (const { prompt, color } of rows) {
      if (prompt !== undefined) byLabel.set(labelOf(prompt), color);
    }
    return segments.map(({ label }, i) => byLabel.get(label) ?? colorOf(i));
  }, [segments, rows]);
  const { level } = settings;
  const shown = useMemo(() => {
    if (!segmentation) return { segments, colors };
    return shownSegments({ view, segmentation, level, segments, colors });
  }, [view, segmentation, level, segments, colors]);
  return {
    image,
    segmentation,
    steps,
    segments,
    colors,
    shown,
    pending: status === 'pending',
    // The model's own notice shows an error while loading.
    error: unreadable ?? (error === clipSeg.error ? undefined : error) ?? byExample.error ?? broken,
  };
}
