/** Masks by image, kind and label. */
export type Masks = Map<string, Uint8Array>;

/**
 * Masks with fewer pixels than this count as empty. A logit near 0 may select two or three pixels
 * or none, depending on the processor's rounding, so that the IoU of such masks is 0 or 1 by
 * chance.
 */
export const SPECK = 16;

export interface Agreement {
  /** Mean IoU over the pairs of masks; 1 for two masks with fewer than {@link SPECK} pixels. */
  readonly perPrompt: number;
  /** Intersection over union of the pixels of all prompts together. */
  readonly pooled: number;
  /** Share of all pixels on which the masks agree. */
  readonly pixels: number;
}

/** Measures how similar the masks of two runs are. */
export function agreement(a: Masks, b: Masks): Agreement {
  let [ious, both, either, all] = [0, 0, 0, 0];
  for (const [key, mask] of a) {
    const other = b.get(key)!;
    let [shared, any] = [0, 0];
    for (let i = 0; i < mask.length; i++) {
      shared += mask[i]! & other[i]!;
      any += mask[i]! | other[i]!;
    }
    ious += any < SPECK ? 1 : shared / any;
    both += shared;
    either += any;
    all += mask.length;
  }
  return { perPrompt: ious / a.size, pooled: both / either, pixels: 1 - (either - both) / all };
}
