import { ClipSegError } from './errors.js';
import { upsampleBilinear } from './upsample.js';

/** What one prompt selects. Everything is computed from the kept logits: no inference. */
export interface Segment {
  /** The prompt's label. */
  readonly prompt: string;
  /** float32 [h, w] at model resolution. */
  readonly logits: Float32Array;
  /** float32 [height, width]: logits upsampled bilinearly to the source. */
  logitsAtSource(): Float32Array;
  /** float32 [height, width], 0..1: logits upsampled bilinearly to the source, then sigmoid. */
  probabilities(): Float32Array;
  /**
   * uint8 [height, width], 1 where the probability exceeds the threshold (0..1, default 0.5).
   * The upsampled map of the first call is kept (4 bytes a source pixel), so that another
   * threshold costs one comparison a pixel.
   * @throws ClipSegError `invalid-argument`
   */
  mask(options?: { threshold?: number }): Uint8Array;
}

/** The result of `decode` and `segment`. */
export interface Segmentation {
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Model resolution [h, w]. */
  readonly size: readonly [height: number, width: number];
  /** One per prompt, in order. */
  readonly segments: readonly Segment[];
  /** Milliseconds per stage. */
  readonly timings: Readonly<Record<string, number>>;
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** @throws ClipSegError `invalid-argument` unless the threshold is a probability */
export function checkThreshold(threshold: unknown): number {
  if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 1)) {
    throw new ClipSegError('invalid-argument', `threshold is ${threshold}; it goes from 0 to 1.`);
  }
  return threshold;
}

/** A segment over logits [h, w] for a source of [height, width] pixels. */
export function createSegment(
  prompt: string,
  logits: Float32Array,
  size: readonly [number, number],
  source: readonly [number, number],
): Segment {
  let kept: Float32Array | undefined;
  const upsampled = (): Float32Array => {
    kept ??= upsampleBilinear(logits, size, source);
    return kept;
  };
  return {
    prompt,
    logits,
    logitsAtSource: () => upsampled().slice(),
    probabilities: () => upsampled().map(sigmoid),
    mask({ threshold = 0.5 } = {}) {
      // sigmoid is monotonic: comparing logits spares an exponential a pixel.
      const p = checkThreshold(threshold);
      const limit = Math.log(p / (1 - p));
      const map = upsampled();
      const mask = new Uint8Array(map.length);
      for (let i = 0; i < map.length; i++) mask[i] = (map[i] as number) > limit ? 1 : 0;
      return mask;
    },
  };
}

/** Pixels of a mask. */
export function maskArea(mask: Uint8Array): number {
  let area = 0;
  for (let i = 0; i < mask.length; i++) area += mask[i] as number;
  return area;
}
