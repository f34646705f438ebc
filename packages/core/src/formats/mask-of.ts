import { checkMask, type MaskSize } from '../raster/mask.js';
import { checkFunction } from '../util/check.js';

/** The common part of all kinds of segments. */
export interface Masked {
  /** uint8 [height, width], not 0 inside. */
  mask(): Uint8Array;
}

/**
 * Returns the mask of a segment.
 * @param name the mask's name in messages
 * @throws ClipSegError `invalid-argument` unless it has the given size
 */
export function maskOf(masked: Masked, size: MaskSize, name = 'mask'): Uint8Array {
  checkFunction(masked.mask, name);
  return checkMask(masked.mask(), size, name);
}
