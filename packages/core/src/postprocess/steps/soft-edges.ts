import type { PostProcessor } from '../../contracts/post-processor.js';
import { checkNumber, checkOptions } from '../../util/check.js';
import { checkMatteOptions, featherAlpha, type MatteOptions, matteAlpha } from '../alpha.js';
import { definePostProcessor } from '../define.js';
import { cut, imageOf } from './draft.js';

export interface FeatherOptions {
  /** To each side of the outline, in source pixels. Default 2. */
  readonly radius?: number;
}

/**
 * An alpha with a soft edge along the mask's outline.
 * @throws ClipSegError `invalid-argument`
 */
export function feather(options: FeatherOptions = {}): PostProcessor<FeatherOptions> {
  const { radius = 2 } = checkOptions(options, 'feather');
  checkNumber(radius, 'radius');
  return definePostProcessor({
    name: 'feather',
    options: { radius },
    apply(draft) {
      const whole = cut(draft);
      return { ...whole, alpha: featherAlpha(whole.mask, draft, radius) };
    },
  });
}

/**
 * An alpha matte for cut-outs: soft edges as the picture has them. Needs the picture.
 * @throws ClipSegError `invalid-argument`
 */
export function matte(options: MatteOptions = {}): PostProcessor<MatteOptions> {
  const checked = checkMatteOptions(options, 'matte');
  return definePostProcessor({
    name: 'matte',
    options: checked,
    apply(draft, context) {
      const image = imageOf(context);
      const whole = cut(draft);
      return { ...whole, alpha: matteAlpha(whole.mask, image, checked) };
    },
  });
}
