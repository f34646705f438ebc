import type { MaskedPixels, MaskingStrategy } from '../contracts/masking-strategy.js';
import { ClipSegError } from '../errors.js';
import { blur, darken, none, shift } from './background.js';
import { crop } from './crop.js';
import { highlight, highlight2, overlay, shape } from './paint.js';

const minus = () => shift({ by: -0.01 });

/** The modes of the original's blend_image_segmentation (datasets/utils.py), by their names. */
const modes: Readonly<Record<string, () => readonly MaskingStrategy[]>> = {
  image_only: () => [none()],
  overlay: () => [overlay()],
  highlight: () => [highlight()],
  highlight2: () => [highlight2()],
  shape: () => [shape()],
  blur_highlight: () => [blur({ sigma: 1 }), darken({ background: 0.5 }), minus()],
  blur3_highlight: () => [blur({ sigma: 3 }), darken({ background: 0.5 }), minus()],
  blur3_highlight01: () => [blur({ sigma: 3 }), darken({ background: 0.1 }), minus()],
  crop: () => [blur({ sigma: 1 }), crop({ box: 'original' })],
  crop_blur_highlight: () => [
    blur({ sigma: 3 }),
    darken({ background: 0.1 }),
    crop({ box: 'original' }),
  ],
};

/**
 * Crop, background blurred and at 10 %: the best in the paper's table 4. Unlike the original's
 * crop_blur_highlight it crops first, so that the blur does not depend on the picture's size.
 */
export const paperMasking = (): readonly MaskingStrategy[] => [crop(), blur(), darken()];

/** @throws ClipSegError `invalid-argument` naming the modes there are */
export function maskingMode(name: string): readonly MaskingStrategy[] {
  if (name === 'paper') return paperMasking();
  const mode = Object.hasOwn(modes, name) ? modes[name] : undefined;
  if (mode) return mode();
  throw new ClipSegError(
    'invalid-argument',
    `There is no masking ${JSON.stringify(name)}; choose among paper, ${Object.keys(modes).join(', ')}.`,
  );
}

/** Strategies in order. */
export function applyMasking(
  input: MaskedPixels,
  strategies: readonly MaskingStrategy[],
  size: readonly [number, number],
): MaskedPixels {
  return strategies.reduce((picture, strategy) => strategy.apply(picture, size), input);
}
