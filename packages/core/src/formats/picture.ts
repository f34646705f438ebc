import type { RawImage } from '../contracts/image.js';
import { checkRawImage } from '../image/raw-image.js';
import type { MaskSize } from '../raster/mask.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

/**
 * An image with alpha in the format of a canvas: 8-bit R, G, B, A, row by row, alpha not
 * premultiplied. `new ImageData(data, width, height)` accepts it.
 */
export interface RgbaImage extends RawImage {
  readonly channels: 4;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Red, green, blue, 0..255. */
export type Color = readonly [r: number, g: number, b: number];

/** @throws ClipSegError `invalid-argument` unless it is three levels */
export function checkColor(color: unknown, name = 'color'): Color {
  const isLevel = (value: unknown): value is number =>
    typeof value === 'number' && value >= 0 && value <= 255;
  const [r, g, b, ...more] = reading(name, () => (Array.isArray(color) ? [...color] : []));
  if (isLevel(r) && isLevel(g) && isLevel(b) && more.length === 0) return [r, g, b];
  const message = `${name} is ${showValue(color)}, not [r, g, b] from 0 to 255.`;
  throw new ClipSegError('invalid-argument', message);
}

/** @throws ClipSegError `invalid-argument` unless both have the same size */
export function checkSameSize(image: RawImage, { width, height }: MaskSize, name: string): void {
  if (image.width === width && image.height === height) return;
  throw new ClipSegError(
    'invalid-argument',
    `The ${name} has ${width} x ${height} pixels, the picture ${image.width} x ${image.height}.`,
  );
}

export const emptyImage = ({ width, height }: MaskSize): RgbaImage => ({
  width,
  height,
  channels: 4,
  data: new Uint8ClampedArray(width * height * 4),
});

/**
 * Converts any image to a new RGBA image: repeats grey, and makes pixels without alpha opaque.
 * @throws ClipSegError `invalid-image`
 */
export function toRgba(image: RawImage): RgbaImage {
  const { channels, data } = reading('The picture', () => checkRawImage(image));
  const result = emptyImage(image);
  if (channels === 4) result.data.set(data);
  else {
    const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
    for (let i = 0, o = 0; i < data.length; i += channels, o += 4) {
      result.data[o] = data[i]!;
      result.data[o + 1] = data[i + green]!;
      result.data[o + 2] = data[i + blue]!;
      result.data[o + 3] = 255;
    }
  }
  return result;
}

/** Blends a color over pixel `i` of an image, with the weight `share`, 0..1. */
export function blend({ data }: RgbaImage, i: number, [r, g, b]: Color, share: number): void {
  const at = 4 * i;
  const rest = 1 - share;
  data[at] = data[at]! * rest + r * share;
  data[at + 1] = data[at + 1]! * rest + g * share;
  data[at + 2] = data[at + 2]! * rest + b * share;
  data[at + 3] = data[at + 3]! * rest + 255 * share;
}
