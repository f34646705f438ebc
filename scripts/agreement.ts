/** By picture, kind and label. */
export type Masks = Map<string, Uint8Array>;

/**
 * Masks of fewer pixels than this say what empty ones say: a logit that reaches 0 in one place,
 * by a digit that differs from processor to processor, selects two or three pixels or none, and
 * the IoU of such a pair is 0 or 1 by chance.
 */
export const SPECK = 16;

export interface Agreement {
  /** Mean of the IoU of each pair of masks, two of fewer than {@link SPECK} pixels counting 1. */
  readonly perPrompt: number;
  /** Pixels that both select over pixels that either does, over all prompts together. */
  readonly pooled: number;
  /** Share of all pixels on which the masks agree. */
  readonly pixels: number;
}

/** How far two runs select the same. */
export function agreement(a: Masks, b: Masks): Agreement {
  let [ious, both, either, all] = [0, 0, 0, 0];
  for (const [key, mask] of a) {
    const other = b.get(key)!;
    let [own, any] = [0, 0];
    for (let i = 0; i < mask.length; i++) {
      own += mask[i]! & other[i]!;
      any += mask[i]! | other[i]!;
    }
    ious += any < SPECK ? 1 : own / any;
    both += own;
    either += any;
    all += mask.length;
  }
  return { perPrompt: ious / a.size, pooled: both / either, pixels: 1 - (either - both) / all };
}
