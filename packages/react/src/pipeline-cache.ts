import type { RawImage, Segmentation } from '@clipseg/core';
import {
  draftMasks,
  type MaskDrafts,
  type PostProcessor,
  type Postprocessed,
  postprocess,
} from '@clipseg/core/postprocess';

/** The result of a pipeline's first steps. */
interface Kept {
  /** The last of these steps as JSON. A step is identified by its name and options. */
  readonly step: string;
  readonly drafts: MaskDrafts;
}

/**
 * Runs pipelines and caches the result of every step: while a slider moves, the steps before its
 * own, mostly the expensive ones, do not run again.
 */
export function createPipelineCache() {
  let source: Segmentation | undefined;
  let sourceImage: RawImage | undefined;
  let kept: Kept[] = [];
  return (
    segmentation: Segmentation,
    steps: readonly PostProcessor[],
    image?: RawImage,
  ): Postprocessed => {
    if (source !== segmentation || sourceImage !== image) kept = [];
    [source, sourceImage] = [segmentation, image];
    const changed = steps.findIndex((step, i) => kept[i]?.step !== JSON.stringify(step));
    kept = kept.slice(0, changed < 0 ? steps.length : changed);
    for (const step of steps.slice(kept.length)) {
      const before = kept.at(-1)?.drafts ?? segmentation;
      const drafts = draftMasks(before, [step], { image });
      kept.push({ step: JSON.stringify(step), drafts });
    }
    return postprocess(kept.at(-1)?.drafts ?? segmentation, [], { image });
  };
}
