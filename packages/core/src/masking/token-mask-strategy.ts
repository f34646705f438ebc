import type { MaskingStrategy } from '../contracts/masking-strategy.js';
import type { TokenMaskOptions } from '../token-mask.js';

/**
 * Masks tokens instead of pixels: the picture stays as it is, and the vision tower attends to the
 * region (paper 3.4, "CLIP masking"; table 4 has it behind every masking of pixels).
 */
export const tokenMask = (options: TokenMaskOptions = {}): MaskingStrategy => ({
  name: 'token-mask',
  apply: (input) => ({ ...input, attention: options }),
});
