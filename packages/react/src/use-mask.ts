import type { RawImage, Segmentation } from '@clipseg/core';
import type { PostProcessor, ProcessedSegment } from '@clipseg/core/postprocess';
import { useDeferredValue, useMemo, useState } from 'react';
import { createPipelineCache } from './pipeline-cache.js';

export interface UseMaskOptions {
  /** The source image's pixels; `refine` and `matte` need them. */
  readonly image?: RawImage;
}

export interface UseMask {
  /** One per prompt, in order; undefined without a segmentation, or if a step failed. */
  readonly segments: readonly ProcessedSegment[] | undefined;
  readonly error: Error | undefined;
}

const NOTHING: UseMask = { segments: undefined, error: undefined };
const NO_STEPS: readonly PostProcessor[] = [];

/**
 * Makes masks from a segmentation, without inference. Unchanged steps do not run again, and user
 * input takes precedence.
 * @param pipeline steps of `@clipseg/core/postprocess`, or custom ones, compared by their name and
 *   the options that are their properties. Without a threshold step, the threshold is 0.5
 */
export function useMask(
  segmentation: Segmentation | undefined,
  pipeline: readonly PostProcessor[] = NO_STEPS,
  { image }: UseMaskOptions = {},
): UseMask {
  const [run] = useState(createPipelineCache);
  const key = useDeferredValue(JSON.stringify(pipeline));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key identifies the pipeline
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
