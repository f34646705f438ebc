import type { RawImage, Segmentation } from '@clipseg/core';
import type { PostProcessor, ProcessedSegment } from '@clipseg/core/masks';
import { useDeferredValue, useMemo, useState } from 'react';
import { createPipelineCache } from './pipeline-cache.js';

export interface UseMaskOptions {
  /** The source picture's pixels; `refine` and `matte` need them. */
  readonly image?: RawImage;
}

export interface UseMask {
  /** One per prompt, in order; undefined where there is no segmentation, or where a step failed. */
  readonly segments: readonly ProcessedSegment[] | undefined;
  readonly error: Error | undefined;
}

const NOTHING: UseMask = { segments: undefined, error: undefined };
const NO_STEPS: readonly PostProcessor[] = [];

/**
 * Masks from a segmentation, without inference: steps that are as they were are not done again, and
 * what people do in the meantime goes first.
 * @param pipeline steps of `@clipseg/core/masks`, or own ones, which are known by their name and
 *   the options that are their properties; cut at 0.5 where none of them cuts
 */
export function useMask(
  segmentation: Segmentation | undefined,
  pipeline: readonly PostProcessor[] = NO_STEPS,
  { image }: UseMaskOptions = {},
): UseMask {
  const [run] = useState(createPipelineCache);
  const key = useDeferredValue(JSON.stringify(pipeline));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is all that makes it what it is
  const steps = useMemo(() => pipeline, [key]);
  return useMemo(() => {
    if (!segmentation) return NOTHING;
    try {
      return { segments: run(segmentation, steps, image).segments, error: undefined };
    } catch (error) {
      return { segments: undefined, error: error as Error };
    }
  }, [run, segmentation, steps, image]);
}
