import type { PostProcessor } from '../../contracts/post-processor.js';
import type { MaskSize } from '../../raster/mask.js';
import { checkNumber, checkOptions } from '../../util/check.js';
import { featherAlpha, matteAlpha } from '../alpha.js';
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

export interface MatteOptions {
  /**
   * Of the band around the outline in which the picture decides, in source pixels. Default: 1/100
   * of the picture's side (of the square of its area), at least 2.
   */
  readonly radius?: number;
  /** Variance of colors (0..1) below which the picture has no edge to follow. Default 1e-5. */
  readonly epsilon?: number;
}

const defaultRadius = ({ width, height }: MaskSize): number =>
  Math.max(2, Math.sqrt(width * height) / 100);

/**
 * An alpha matte for cut-outs: soft edges as the picture has them. Needs the picture.
 * @throws ClipSegError `invalid-argument`
 */
export function matte(options: MatteOptions = {}): PostProcessor<MatteOptions> {
  const { radius, epsilon = 1e-5 } = checkOptions(options, 'matte');
  if (radius !== undefined) checkNumber(radius, 'radius', 1);
  checkNumber(epsilon, 'epsilon', 1e-8);
  return definePostProcessor({
    name: 'matte',
    options: { radius, epsilon },
    apply(draft, context) {
      const image = imageOf(context);
      const whole = cut(draft);
      const own = { radius: radius ?? defaultRadius(image), epsilon };
      return { ...whole, alpha: matteAlpha(whole.mask, image, own) };
    },
  });
}
