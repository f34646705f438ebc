import { checkList } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { checkMask, type MaskSize } from './mask.js';

type Masks = readonly Uint8Array[];

/** Folds masks of one size into a new mask of 0 and 1. */
function fold(
  masks: Masks,
  size: MaskSize,
  pick: (own: number, other: number) => number,
): Uint8Array {
  checkList(masks, 'The list of masks');
  if (masks.length === 0) throw new ClipSegError('invalid-argument', 'No mask was given.');
  for (const [i, mask] of masks.entries()) checkMask(mask, size, `mask ${i}`);
  const result = masks[0]!.map((value) => (value ? 1 : 0));
  for (const mask of masks.slice(1)) {
    for (let i = 0; i < result.length; i++) {
      result[i] = pick(result[i]!, mask[i] ? 1 : 0);
    }
  }
  return result;
}

/**
 * Unites masks: a pixel is inside if it is inside at least one of them.
 * @param masks uint8 [height, width] each, inside where not 0
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export const union = (masks: Masks, size: MaskSize): Uint8Array =>
  fold(masks, size, (own, other) => own | other);

/** Intersects masks: a pixel is inside if it is inside all of them. Otherwise like `union`. */
export const intersection = (masks: Masks, size: MaskSize): Uint8Array =>
  fold(masks, size, (own, other) => own & other);

/** Subtracts masks: a pixel is inside if it is inside the first only. Otherwise like `union`. */
export const subtraction = (masks: Masks, size: MaskSize): Uint8Array =>
  fold(masks, size, (own, other) => own & ~other);

/** Inverts a mask: exchanges inside and outside. Otherwise like `union`. */
export function inversion(mask: Uint8Array, size: MaskSize): Uint8Array {
  return checkMask(mask, size).map((value) => (value ? 0 : 1));
}
