import type { MaskingStrategy, TokenMaskOptions } from '../../contracts/masking-strategy.js';
import { checkCount, checkList, checkOneOf, checkOptions } from '../../util/check.js';
import { masking } from './define-masking.js';

/**
 * Masks tokens instead of pixels: the image stays unchanged, and the vision encoder attends to the
 * region (paper 3.4, "CLIP masking"; in table 4 it ranks below every masking of pixels).
 * @throws ClipSegError `invalid-argument`
 */
export function tokenMask(options: TokenMaskOptions = {}): MaskingStrategy<TokenMaskOptions> {
  const { form, attention, layers } = checkOptions(options, 'tokenMask');
  if (form !== undefined) checkOneOf(form, 'form', ['additive', 'multiplicative']);
  if (attention !== undefined) checkOneOf(attention, 'attention', ['cls_token', 'all']);
  const blocks = layers && checkList(layers, 'layers').map((i) => checkCount(i, 'A layer', 0));
  const supportMask = { form, attention, layers: blocks };
  return masking({
    name: 'token-mask',
    options: supportMask,
    apply: (input) => ({ ...input, supportMask }),
  });
}
