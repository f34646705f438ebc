import type { MaskedPixels, MaskingStrategy } from '../../contracts/masking-strategy.js';
import { checkCount, checkList, checkOneOf, checkOptions, checkRange } from '../../util/check.js';
import { type BoxOf, grownBox } from './crop.js';
import { masking } from './define-masking.js';

type Value = (pixel: number, mask: number, channel: number) => number;

function each(name: string, value: Value): MaskingStrategy {
  return masking({
    name,
    apply(input) {
      const plane = input.mask.length;
      const pixels = input.pixels.map((pixel, i) =>
        value(pixel, input.mask[i % plane]!, Math.floor(i / plane)),
      );
      return { ...input, pixels };
    },
  });
}

/** Shows the region on the mean color (datasets/utils.py, overlay). */
export const overlay = (): MaskingStrategy => each('overlay', (pixel, mask) => pixel * mask);

/** Fades the background to 15 % (highlight). */
export const highlight = (): MaskingStrategy =>
  each('highlight', (pixel, mask) => pixel * mask * 0.85 + 0.15 * pixel);

/** Brightens the region, at half the contrast (highlight2). */
export const highlight2 = (): MaskingStrategy =>
  each('highlight2', (pixel, mask) => (pixel / 2 + 0.1) * mask + 0.3 * (pixel / 2));

/** Shows only the region's shape, in all channels (shape). */
export const shape = (): MaskingStrategy => each('shape', (_, mask) => mask);

/** Returns a function for the color of a pixel, 0..1, before normalization. */
export function unnormalized({ pixels, mask, mean, std }: MaskedPixels): (i: number) => Color {
  const plane = mask.length;
  const channel = (i: number, c: 0 | 1 | 2): number =>
    Math.min(1, Math.max(0, pixels[c * plane + i]! * std[c] + mean[c]));
  return (i) => [channel(i, 0), channel(i, 1), channel(i, 2)];
}

/** Converts an image to grey, 0..1, as OpenCV's RGB2GRAY does. */
function greyOf(input: MaskedPixels): Float32Array {
  const colorAt = unnormalized(input);
  return Float32Array.from(input.mask, (_, i) => {
    const [red, green, blue] = colorAt(i);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
}

/** Red, green, blue, 0..255. */
export type Color = readonly [red: number, green: number, blue: number];

/**
 * @returns the channels from 0 to 1, as `painted` takes them
 * @throws ClipSegError `invalid-argument` unless it is three numbers from 0 to 255
 */
export function checkColor(color: unknown, name: string): Color {
  const parts = checkList(color, name);
  checkCount(parts.length, `The number of parts of ${name}`, 3, 3);
  return parts.map(
    (part) => checkRange(part, `A part of ${name}`, 0, 255) / 255,
  ) as unknown as Color;
}

/** Makes an image from colors, 0..1. */
export function painted(input: MaskedPixels, color: (i: number) => Color): MaskedPixels {
  const { mask, mean, std } = input;
  const plane = mask.length;
  const pixels = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    const rgb = color(i);
    for (const c of [0, 1, 2] as const) pixels[c * plane + i] = (rgb[c] - mean[c]) / std[c];
  }
  return { ...input, pixels };
}

export interface ColorizeOptions {
  /** Color of the region. Default 255, 51, 51. */
  readonly color?: Color;
  /** Brightness of the other pixels, 0..1. Default 1. */
  readonly background?: number;
}

/** Makes the image grey and its region red (img_preprocess, colorize). */
export function colorize(options: ColorizeOptions = {}): MaskingStrategy<ColorizeOptions> {
  const { color = [255, 51, 51], background = 1 } = checkOptions(options, 'colorize');
  const paint = checkColor(color, 'color');
  checkRange(background, 'background');
  return masking({
    name: 'colorize',
    options: { color, background },
    apply(input) {
      const grey = greyOf(input);
      return painted(input, (i) => {
        const [value, inside] = [grey[i]!, input.mask[i]!];
        return paint.map(
          (part) => value * (part * inside + background * (1 - inside)),
        ) as unknown as Color;
      });
    },
  });
}

/** Makes the background grey. */
export function greyscale(): MaskingStrategy {
  return masking({
    name: 'greyscale',
    apply(input) {
      const grey = painted(
        input,
        ((values) => (i: number) => {
          const value = values[i]!;
          return [value, value, value];
        })(greyOf(input)),
      );
      const plane = input.mask.length;
      const pixels = input.pixels.map((pixel, i) => {
        const inside = input.mask[i % plane]!;
        return pixel * inside + grey.pixels[i]! * (1 - inside);
      });
      return { ...input, pixels };
    },
  });
}

/** The original writes 255 into pixels that are normalized, far beyond red. */
const ORIGINAL_RED: Color = [255, 0, 0];

export interface RectangleOptions {
  /** Default: 255, 0, 0 as normalized values, far beyond red, as the original writes them. */
  readonly color?: Color;
  /** Width in pixels, 0 to 1000. Default 2. */
  readonly lineWidth?: number;
  /** Default `region`. */
  readonly box?: BoxOf;
}

/** Draws a frame around the region's box, grown by a tenth (img_preprocess, rect). */
export function rectangle(options: RectangleOptions = {}): MaskingStrategy<RectangleOptions> {
  const { color, lineWidth = 2, box = 'region' } = checkOptions(options, 'rectangle');
  const paint = color && checkColor(color, 'color');
  checkRange(lineWidth, 'lineWidth', 0, 1000);
  checkOneOf(box, 'box', ['region', 'original']);
  return masking({
    name: 'rectangle',
    options: { color, lineWidth, box },
    apply(input) {
      const { width, height } = input;
      const [x0, y0, x1, y1] = grownBox(input, 0.1, box);
      const pixels = input.pixels.slice();
      const { mean, std } = input;
      const normalized = (c: 0 | 1 | 2) => (paint![c] - mean[c]) / std[c];
      const frame: Color = paint ? [normalized(0), normalized(1), normalized(2)] : ORIGINAL_RED;
      const fill = (left: number, top: number, right: number, bottom: number) => {
        for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
          for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
            for (const c of [0, 1, 2] as const) pixels[(c * height + y) * width + x] = frame[c];
          }
        }
      };
      fill(x0 - lineWidth, y0, x0 + lineWidth, y1);
      fill(x1 - lineWidth, y0, x1 + lineWidth, y1);
      fill(x0, y0 - 1, x1, y0 + lineWidth);
      fill(x0, y1 - 1, x1, y1 + lineWidth);
      return { ...input, pixels };
    },
  });
}
