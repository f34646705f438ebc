import type { PostProcessor } from '../../contracts/post-processor.js';
import { checkNumber, checkOptions } from '../../util/check.js';
import { checkMatteOptions, featherAlpha, type MatteOptions, matteAlpha } from '../alpha.js';
import { definePostProcessor } from '../define.js';
import { cut, imageOf } from './draft.js';

export interface FeatherOptions {
  /** Source pixels on each side of the outline. Default 2. */
  readonly radius?: number;
}

/**
 * Adds an alpha with a soft edge along the mask's outline.
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
 * Adds an alpha matte for cut-outs, which follows soft edges of the image. Needs the image.
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
