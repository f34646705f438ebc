import { checkMask, type MaskSize } from '../raster/mask.js';
import { checkFunction } from '../util/check.js';

/** What all kinds of segments have in common. */
export interface Masked {
  /** uint8 [height, width], not 0 inside. */
  mask(): Uint8Array;
}

/**
 * Returns the mask of a segment.
 * @param name what messages call it
 * @throws ClipSegError `invalid-argument` unless it has the given size
 */
export function maskOf(masked: Masked, size: MaskSize, name = 'mask'): Uint8Array {
  checkFunction(masked.mask, name);
  return checkMask(masked.mask(), size, name);
}
