import type { RawImage } from '../contracts/image.js';
import type { Instance, MaskDraft, PostProcessor } from '../contracts/post-processor.js';
import type { Segmentation } from '../contracts/segmentation.js';
import { checkRawImage } from '../image/raw-image.js';
import { checkMask, checkSize, type MaskSize } from '../raster/mask.js';
import { scoresOf } from '../segmentation/segmentation-scores.js';
import { checkFunction, checkList, checkOptions, listed, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { checkSpecification } from '../util/specification.js';
import { cut } from './steps/draft.js';

/** What a pipeline makes of a segment. */
export interface ProcessedSegment extends MaskSize {
  readonly label: string;
  /** Probability at which the mask was cut. */
  readonly threshold: number;
  /** uint8 [height, width], 255 for pixels that are inside entirely; present if a step makes it. */
  readonly alpha?: Uint8Array;
  /** Connected parts of the mask; present if a step finds them. */
  readonly instances?: readonly Instance[];
  /** uint8 [height, width], 1 inside; a new array each time. */
  mask(): Uint8Array;
}

export interface Postprocessed extends MaskSize {
  /** One per prompt, in order. */
  readonly segments: readonly ProcessedSegment[];
}

/** The state of a pipeline, from which further steps continue. */
export interface MaskDrafts extends MaskSize {
  readonly drafts: readonly MaskDraft[];
}

export interface PostprocessOptions {
  /** The source image; `refine` and `matte` need it. */
  readonly image?: RawImage;
}

function checkImage(image: RawImage, { width, height }: MaskSize): RawImage {
  checkRawImage(image);
  if (image.width === width && image.height === height) return image;
  throw new ClipSegError(
    'invalid-argument',
    `The image has ${image.width} x ${image.height} pixels, the segmentation ${width} x ${height}.`,
  );
}

/** Applies a step; errors name it. */
function apply(step: PostProcessor, i: number, draft: MaskDraft, image?: RawImage): MaskDraft {
  const name = `Step ${i + 1} (${listed([step.name])})`;
  try {
    const next = step.apply(draft, { image });
    if (typeof next !== 'object' || next === null) {
      const message = `gives ${showValue(next)}, not a draft.`;
      throw new ClipSegError('invalid-argument', message);
    }
    if (next.mask) checkMask(next.mask, draft);
    if (next.alpha) checkMask(next.alpha, draft, 'alpha');
    return next;
  } catch (error) {
    if (!ClipSegError.isInstance(error)) throw error;
    throw new ClipSegError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

function checkSteps(steps: readonly PostProcessor[]): readonly PostProcessor[] {
  const all = checkList(steps, 'The steps') as PostProcessor[];
  for (const [i, step] of all.entries()) {
    reading(`Step ${i + 1}`, () => {
      checkFunction(step?.apply, `Step ${i + 1}: apply`);
      checkSpecification(step, 'step');
    });
  }
  return all;
}

function beginning(source: Segmentation | MaskDrafts) {
  checkSize(source);
  const { width, height } = source;
  const begin: readonly MaskDraft[] =
    'drafts' in source
      ? source.drafts
      : source.segments.map(({ label }, i) => {
          return { label, width, height, scores: scoresOf(source, i) };
        });
  return { width, height, begin };
}

/**
 * Runs the first steps of a pipeline. Later steps can then change, e.g. with a slider, without
 * running the first steps again.
 * @throws ClipSegError `invalid-argument` naming the step
 */
export function draftMasks(
  source: Segmentation | MaskDrafts,
  steps: readonly PostProcessor[] = [],
  options: PostprocessOptions = {},
): MaskDrafts {
  const { image } = checkOptions(options, 'postprocess');
  const all = checkSteps(steps);
  const { width, height, begin } = reading('The segmentation', () => beginning(source));
  const picture = image && reading('The image', () => checkImage(image, source));
  const drafts = begin.map((draft) =>
    all.reduce((before, step, i) => apply(step, i, before, picture), draft),
  );
  return { width, height, drafts };
}

/**
 * Makes masks from logits, step by step, without inference. Scores that no step cuts are cut at
 * 0.5.
 * @throws ClipSegError `invalid-argument` naming the step
 */
export function postprocess(
  source: Segmentation | MaskDrafts,
  steps: readonly PostProcessor[] = [],
  options: PostprocessOptions = {},
): Postprocessed {
  const { width, height, drafts } = draftMasks(source, steps, options);
  const segments = drafts.map((draft): ProcessedSegment => {
    const { label, mask, threshold = 0.5, alpha, instances } = cut(draft);
    return {
      label,
      width,
      height,
      threshold,
      ...(alpha && { alpha }),
      ...(instances && { instances }),
      mask: () => mask.slice(),
    };
  });
  return { width, height, segments };
}
