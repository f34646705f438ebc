import { dilate, erode } from './distance.js';
import type { MaskSize } from './mask.js';

/**
 * Opens a mask: removes specks and thin lines that no disc fits into.
 * @param mask uint8 [height, width], inside where not 0
 * @param radius in pixels, from 0
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export const opening = (mask: Uint8Array, size: MaskSize, radius: number): Uint8Array =>
  dilate(erode(mask, size, radius), size, radius);

/**
 * Closes a mask: fills gaps that no disc fits into.
 * @param mask uint8 [height, width], inside where not 0
 * @param radius in pixels, from 0
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export const closing = (mask: Uint8Array, size: MaskSize, radius: number): Uint8Array =>
  erode(dilate(mask, size, radius), size, radius);
