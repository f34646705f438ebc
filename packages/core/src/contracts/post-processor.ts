import type { Box, RawImage } from './image.js';
import type { Plugin } from './plugin.js';

/**
 * The scores of one prompt at source size, computed row by row, so that they are never in memory
 * whole. NaN counts as outside.
 */
export interface ScoreMap {
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** The kind of values: logits, or probabilities from 0 to 1. */
  readonly scale: 'logit' | 'probability';
  /** float32 [width], valid until the next call. Reading rows from top to bottom is fastest. */
  row(y: number): Float32Array;
  /**
   * Returns a new uint8 [height, width], 1 where the value exceeds `limit`. Optional fast path for
   * maps that need not compute rows.
   */
  above?(limit: number): Uint8Array;
}

/** The distribution of an image's probabilities, in bins. */
export interface Distribution {
  /**
   * The limits of the bins, 0..1, ascending, one more than bins. Bins are even in logits, and thus
   * narrow near 0 and 1.
   */
  readonly edges: Float64Array;
  /** Number of pixels in each bin; NaN counts in the first. */
  readonly counts: Float64Array;
}

/** The input of a `Thresholder`. */
export interface ThresholdInput {
  /** The prompt's label. */
  readonly label: string;
  readonly scores: ScoreMap;
  /** Returns the distribution of the scores, computed at the first call. */
  distribution(): Distribution;
}

/**
 * A threshold: pixels above it are inside. With two levels, pixels above `low` are inside if they
 * are connected to a pixel above `high`.
 */
export type Level = number | { readonly low: number; readonly high: number };

/**
 * Finds the probability at which scores are cut. Make one with `defineThresholder`; test it with
 * `testThresholder` of `@clipseg/core/testing`.
 */
export interface Thresholder<Options extends object = object> extends Plugin<Options> {
  /** @returns probabilities, 0 to 1 */
  level(input: ThresholdInput): Level;
}

/**
 * Makes scores follow the edges of the image. Make one with `defineRefiner`; test it with
 * `testRefiner` of `@clipseg/core/testing`.
 */
export interface Refiner<Options extends object = object> extends Plugin<Options> {
  /**
   * @param image of the scores' size
   * @returns new scores of the same size
   */
  refine(scores: ScoreMap, image: RawImage): ScoreMap;
}

/** One connected part of a mask. Plain data. */
export interface Instance {
  /** Mean probability of its pixels. */
  readonly score: number;
  /** Number of pixels. */
  readonly area: number;
  readonly box: Box;
  /** Mean of its pixel centers. */
  readonly centroid: readonly [x: number, y: number];
  /** Its pixels as int32 triples y, x0, x1 (not included), from the top, each row from the left. */
  readonly runs: Int32Array;
}

/** The state of one prompt between the steps of a pipeline. Each step returns a new draft. */
export interface MaskDraft {
  /** The prompt's label. */
  readonly label: string;
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Scores at source size. */
  readonly scores: ScoreMap;
  /** uint8 [height, width], 1 inside; absent before the scores are cut. */
  readonly mask?: Uint8Array;
  /** The probability at which the scores were cut; the lower of two. */
  readonly threshold?: number;
  /**
   * uint8 [height, width]: how much of a pixel is inside, 255 for all of it. A step that changes
   * the mask must drop it.
   */
  readonly alpha?: Uint8Array;
  /** The parts of the mask. A step that changes the mask otherwise must drop them. */
  readonly instances?: readonly Instance[];
}

export interface PostProcessContext {
  /** The source image, of the drafts' size, if one was given. */
  readonly image?: RawImage;
}

/**
 * One step of a pipeline from scores to masks. Make one with `definePostProcessor`; test it with
 * `testPostProcessor` of `@clipseg/core/testing`.
 */
export interface PostProcessor<Options extends object = object> extends Plugin<Options> {
  /**
   * Returns a new draft; the given draft and its arrays stay unchanged.
   * @throws ClipSegError `invalid-argument`
   */
  apply(draft: MaskDraft, context: PostProcessContext): MaskDraft;
}
