import type { RawImage, Segmentation } from '@clipseg/core';
import {
  draftMasks,
  type MaskDrafts,
  type PostProcessor,
  type Postprocessed,
  postprocess,
} from '@clipseg/core/masks';

/** What came out of the first steps of a pipeline. */
interface Kept {
  /** The last of them as JSON: its name and options, which is all that makes a step what it is. */
  readonly step: string;
  readonly drafts: MaskDrafts;
}

/**
 * Runs pipelines and keeps what every step gave: while a slider moves, the steps before its own,
 * the costly ones mostly, are not done again.
 */
export function createPipelineCache() {
  let source: Segmentation | undefined;
  let picture: RawImage | undefined;
  let kept: Kept[] = [];
  return (
    segmentation: Segmentation,
    steps: readonly PostProcessor[],
    image?: RawImage,
  ): Postprocessed => {
    if (source !== segmentation || picture !== image) kept = [];
    [source, picture] = [segmentation, image];
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
