import type { Prompt, RawImage, Segmentation } from '@clipseg/core';
import { type Color, colorOf } from '@clipseg/core/formats';
import type { PostProcessor, ProcessedSegment } from '@clipseg/core/masks';
import { type UseClipSeg, useMask, useRawImage, useSegmentation } from '@clipseg/react';
import { useMemo } from 'react';
import { type MaskSettings, pipelineOf } from './mask-settings.js';
import { labelOf, type PromptRow } from './prompt-rows.js';
import type { Picture } from './samples.js';
import { type Shown, shownSegments, type View } from './shown-segments.js';
import { EXAMPLE_LABEL, type Example, useExamplePrompt } from './use-example-prompt.js';

/** Of the prompt by example: far from the first ones. */
export const EXAMPLE_COLOR: Color = colorOf(6);
/** Milliseconds without a letter, before prompts are looked for. */
const TYPING_MS = 150;

export interface ResultInput {
  readonly clipSeg: UseClipSeg;
  readonly picture: Picture;
  readonly rows: readonly PromptRow[];
  readonly example: Example | undefined;
  readonly settings: MaskSettings;
  readonly view: View;
}

export interface Result {
  /** The picture's pixels. */
  readonly image: RawImage | undefined;
  /** Whether the model is at work. */
  readonly pending: boolean;
  readonly segmentation: Segmentation | undefined;
  readonly steps: readonly PostProcessor[];
  /** What the steps made of the segmentation, one per prompt. */
  readonly segments: readonly ProcessedSegment[];
  /** One per segment. */
  readonly colors: readonly Color[];
  /** What the view is to show of it. */
  readonly shown: Shown;
  readonly error: Error | undefined;
}

const NOTHING: readonly ProcessedSegment[] = [];

/**
 * From a picture and prompts to masks: the model for the first half, plain arithmetic for the rest.
 */
export function useResult({
  clipSeg,
  picture,
  rows,
  example,
  settings,
  view,
}: ResultInput): Result {
  const { image, error: unreadable } = useRawImage(picture.source);
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
    const own = new Map([[EXAMPLE_LABEL, EXAMPLE_COLOR]]);
    for (const { prompt, color } of rows) if (prompt !== undefined) own.set(labelOf(prompt), color);
    return segments.map(({ label }, i) => own.get(label) ?? colorOf(i));
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
    // What kept the model from loading is the model's to say.
    error: unreadable ?? (error === clipSeg.error ? undefined : error) ?? byExample.error ?? broken,
  };
}
