import type { MaskingStrategy, TokenMaskOptions } from '../../contracts/masking-strategy.js';
import { checkCount, checkList, checkOneOf, checkOptions } from '../../util/check.js';

/**
 * Masks tokens instead of pixels: the picture stays as it is, and the vision tower attends to the
 * region (paper 3.4, "CLIP masking"; table 4 has it behind every masking of pixels).
 * @throws ClipSegError `invalid-argument`
 */
export function tokenMask(options: TokenMaskOptions = {}): MaskingStrategy {
  const { form, attention, layers } = checkOptions(options, 'tokenMask');
  if (form !== undefined) checkOneOf(form, 'form', ['additive', 'multiplicative']);
  if (attention !== undefined) checkOneOf(attention, 'attention', ['cls_token', 'all']);
  const blocks = layers && checkList(layers, 'layers').map((i) => checkCount(i, 'A layer', 0));
  const own = { form, attention, layers: blocks };
  return { name: 'token-mask', apply: (input) => ({ ...input, supportMask: own }) };
}
