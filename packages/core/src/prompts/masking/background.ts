import type { MaskedPixels, MaskingStrategy } from '../../contracts/masking-strategy.js';
import { checkNumber, checkOptions, checkRange } from '../../util/check.js';
import { masking } from './define-masking.js';
import { gaussianBlur } from './gaussian-blur.js';

/** Blends channel by channel: inside * mask + outside * (1 - mask). */
function blend(input: MaskedPixels, outside: (index: number) => number): MaskedPixels {
  const { pixels, mask } = input;
  const plane = mask.length;
  const result = new Float32Array(pixels.length);
  for (let i = 0; i < result.length; i++) {
    const inside = mask[i % plane]!;
    result[i] = pixels[i]! * inside + outside(i) * (1 - inside);
  }
  return { ...input, pixels: result };
}

/** Keeps the image unchanged. */
export const none = (): MaskingStrategy => masking({ name: 'none', apply: (input) => input });

export interface DarkenOptions {
  /** Weight of the background, 0..1. Default 0.1. */
  readonly background?: number;
}

/** Fades the background to the mean color. */
export function darken(options: DarkenOptions = {}): MaskingStrategy<DarkenOptions> {
  const { background = 0.1 } = checkOptions(options, 'darken');
  checkRange(background, 'background', 0, 1);
  return masking({
    name: 'darken',
    options: { background },
    apply: (input) => blend(input, (i) => background * input.pixels[i]!),
  });
}

export interface BlurOptions {
  /** Standard deviation in pixels, at least 0.1. Default 3. */
  readonly sigma?: number;
}

/** Blurs the background with a Gaussian of 15 x 15 pixels. */
export function blur(options: BlurOptions = {}): MaskingStrategy<BlurOptions> {
  const { sigma = 3 } = checkOptions(options, 'blur');
  checkNumber(sigma, 'sigma', 0.1);
  return masking({
    name: 'blur',
    options: { sigma },
    apply(input) {
      const { height, width, pixels } = input;
      const blurred = gaussianBlur(pixels, [3, height, width], sigma);
      return blend(input, (i) => blurred[i]!);
    },
  });
}

export interface ShiftOptions {
  /** Number to add, in units of the normalized values. */
  readonly by: number;
}

/** Adds a number to every value; the original's highlight modes with blur end with -0.01. */
export function shift(options: ShiftOptions): MaskingStrategy<ShiftOptions> {
  const { by } = checkOptions(options, 'shift');
  checkNumber(by, 'by', Number.NEGATIVE_INFINITY);
  return masking({
    name: 'shift',
    options: { by },
    apply: (input) => ({ ...input, pixels: input.pixels.map((value) => value + by) }),
  });
}
