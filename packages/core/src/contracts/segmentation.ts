import type { Composition } from './composition.js';
import type { Box } from './image.js';

/** The result of one prompt. Its maps and masks are computed from logits, without inference. */
export interface Segment {
  /** The prompt's label. */
  readonly label: string;
  /** float32 [h, w] at model resolution. */
  readonly logits: Float32Array;
  /** float32 [height, width]: logits upsampled bilinearly to the source. */
  logitsAtSource(): Float32Array;
  /** float32 [height, width], 0..1: logits upsampled bilinearly to the source, then sigmoid. */
  probabilities(): Float32Array;
  /**
   * uint8 [height, width], 1 where the probability exceeds the threshold (0..1, default 0.5). It
   * upsamples hardly more than the edges of the mask.
   * @throws ClipSegError `invalid-argument`
   */
  mask(options?: { threshold?: number }): Uint8Array;
}

/**
 * A segmentation as plain data, to keep or send. `createSegmentation` makes a segmentation of it.
 */
export interface SegmentationData {
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Model resolution [h, w]. */
  readonly resolution: readonly [height: number, width: number];
  /** The part of the source that the maps cover; the whole image by default. */
  readonly crop?: Box;
  /** The decoder's logits, float32 [h, w] each. */
  readonly maps: readonly Float32Array[];
  /** One per prompt, in order; its leaves are indices of `maps`. */
  readonly prompts: readonly { readonly label: string; readonly compose: Composition<number> }[];
  /** Milliseconds per stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** The result of `decode` and `segment`. */
export interface Segmentation
  extends Pick<SegmentationData, 'width' | 'height' | 'resolution' | 'timings'> {
  /** One per prompt, in order. */
  readonly segments: readonly Segment[];
  readonly data: SegmentationData;
}
