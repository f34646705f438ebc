import type { Box, RawImage } from './image.js';
import type { Plugin } from './plugin.js';

/**
 * The scores of one prompt at source size, made row by row, so that they need not be in memory
 * whole. What is not a number counts as outside.
 */
export interface ScoreMap {
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** What the values are: logits, or probabilities from 0 to 1. */
  readonly scale: 'logit' | 'probability';
  /** float32 [width], valid until the next call. Any order is possible; downwards is fastest. */
  row(y: number): Float32Array;
  /**
   * uint8 [height, width], a new one: 1 where the value exceeds `limit`. For maps that know a
   * faster way than their rows.
   */
  above?(limit: number): Uint8Array;
}

/** How the probabilities of a picture are distributed, in bins. */
export interface Distribution {
  /** Where bins begin and end, 0..1, ascending, one more than bins. */
  readonly edges: Float64Array;
  /** Pixels in each bin; what is not a number is in the first. */
  readonly counts: Float64Array;
}

/** What a `Thresholder` may look at. */
export interface ThresholdInput {
  /** The prompt's label. */
  readonly label: string;
  readonly scores: ScoreMap;
  /** Counted at the first call. */
  distribution(): Distribution;
}

/**
 * Where to cut: pixels above it are inside. With two levels, those above `low` are inside where
 * they are connected to one above `high`.
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
  /** In pixels. */
  readonly area: number;
  readonly box: Box;
  /** Mean of its pixels' middles. */
  readonly centroid: readonly [x: number, y: number];
  /** Its pixels as int32 triples y, x0, x1 (not included), from the top, each row from the left. */
  readonly runs: Int32Array;
}

/** What goes through the steps of a pipeline, for one prompt. Steps give a new one. */
export interface MaskDraft {
  /** The prompt's label. */
  readonly label: string;
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** At source size. */
  readonly scores: ScoreMap;
  /** uint8 [height, width], 1 inside; absent before it was cut. */
  readonly mask?: Uint8Array;
  /** The probability at which it was cut; the lower one of two. */
  readonly threshold?: number;
  /**
   * uint8 [height, width]: how much of a pixel belongs, 255 all of it. A step that changes the mask
   * leaves it out.
   */
  readonly alpha?: Uint8Array;
  /** The mask's parts. A step that changes the mask otherwise leaves them out. */
  readonly instances?: readonly Instance[];
}

export interface PostProcessContext {
  /** The source picture, of the drafts' size, where one was given. */
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
