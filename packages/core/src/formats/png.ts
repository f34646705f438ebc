import { type BitDepth, type DecodedPng, decode, encode } from 'fast-png';
import type { RawImage } from '../contracts/image.js';
import { checkRawImage, MAX_PIXELS } from '../image/raw-image.js';
import { checkMask, checkSize, type MaskSize } from '../raster/mask.js';
import type { CategoryMask } from '../segmentation/category-mask.js';
import { checkCount, checkList, checkOneOf, checkOptions, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showReason, showValue } from '../util/show-value.js';
import { colorOf } from './palette.js';
import { type Color, checkColor } from './picture.js';

function fail(what: string, cause?: unknown): never {
  throw new ClipSegError('invalid-image', `The PNG ${what}.`, { cause });
}

/** Reads a PNG with one value per pixel. */
function read(bytes: Uint8Array, name: string): DecodedPng {
  reading('The PNG', () => {
    if (!(bytes instanceof Uint8Array)) fail(`is ${showValue(bytes)}, not bytes (Uint8Array)`);
  });
  // Width and height have a fixed place: check them before unpacking, so that no bomb is unpacked.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 24 && view.getUint32(16) * view.getUint32(20) > MAX_PIXELS) {
    fail(`has more than ${MAX_PIXELS} pixels`);
  }
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (cause) {
    return fail(`cannot be read: ${showReason(cause)}`, cause);
  }
  if (png.channels !== 1) fail(`has ${png.channels} channels; a ${name} has one`);
  const pixels = png.width * png.height;
  if (!(pixels >= 1 && pixels <= MAX_PIXELS)) fail(`has ${png.width} x ${png.height} pixels`);
  return png.depth < 8 ? { ...png, data: unpack(png) } : png;
}

/** Rows with fewer than 8 bits per pixel begin at whole bytes. */
function unpack({ width, height, depth, data }: DecodedPng): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  const values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const bit = x * depth;
    const byte = data[y * stride + (bit >> 3)]!;
    values[i] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }
  return values;
}

function pack(mask: Uint8Array, { width, height }: MaskSize): Uint8Array {
  const stride = Math.ceil(width / 8);
  const bits = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!mask[y * width + x]) continue;
      const at = y * stride + (x >> 3);
      bits[at] = bits[at]! | (128 >> (x & 7));
    }
  }
  return bits;
}

export interface MaskPngOptions {
  /**
   * Bits per pixel. 1 gives the smallest file; 8 (default) and 16 are supported by more programs.
   */
  readonly bits?: 1 | 8 | 16;
}

/**
 * Writes a mask as a grey PNG: white inside, black outside.
 * @param mask uint8 [height, width], inside where not 0
 * @throws ClipSegError `invalid-argument`
 */
export function toMaskPng(
  mask: Uint8Array,
  size: MaskSize,
  options: MaskPngOptions = {},
): Uint8Array {
  const { bits = 8 } = checkOptions(options, 'toMaskPng');
  checkMask(mask, size);
  checkOneOf(bits, 'bits', [1, 8, 16]);
  const data = {
    1: () => pack(mask, size),
    8: () => mask.map((inside) => (inside ? 255 : 0)),
    16: () => Uint16Array.from(mask, (inside) => (inside ? 65535 : 0)),
  }[bits]();
  const { width, height } = size;
  return encode({ width, height, channels: 1, depth: bits as BitDepth, data });
}

/**
 * Reads a mask from a grey PNG of any depth; values from half of white on are inside.
 * @returns its size, and uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-image`
 */
export function fromMaskPng(bytes: Uint8Array): MaskSize & { readonly mask: Uint8Array } {
  const { width, height, depth, data, palette } = read(bytes, 'mask');
  if (palette) fail('has a palette: it is no mask but one of categories');
  const half = 2 ** depth / 2;
  return { width, height, mask: Uint8Array.from(data, (value) => (value >= half ? 1 : 0)) };
}

/**
 * Writes levels, e.g. an alpha, as an 8-bit grey PNG.
 * @param levels uint8 [height, width]
 * @throws ClipSegError `invalid-argument`
 */
export function toGreyPng(levels: Uint8Array, size: MaskSize): Uint8Array {
  const data = checkMask(levels, size, 'picture');
  const { width, height } = size;
  return encode({ width, height, channels: 1, depth: 8, data });
}

/**
 * Writes probabilities as a 16-bit grey PNG: 65535 is 1.
 * @param probabilities float32 [height, width], 0..1
 * @throws ClipSegError `invalid-argument`
 */
export function toProbabilityPng(probabilities: Float32Array, size: MaskSize): Uint8Array {
  checkSize(size);
  const { width, height } = size;
  const floats = reading('The probabilities', () => probabilities instanceof Float32Array);
  if (!floats) throw new ClipSegError('invalid-argument', 'The probabilities are no Float32Array.');
  if (probabilities.length !== width * height) {
    const message = `${probabilities.length} probabilities are not ${width} x ${height}.`;
    throw new ClipSegError('invalid-argument', message);
  }
  const data = Uint16Array.from(probabilities, (p) =>
    Math.round(65535 * Math.min(1, Math.max(0, p))),
  );
  return encode({ width, height, channels: 1, depth: 16, data });
}

/**
 * Reads probabilities from a PNG of `toProbabilityPng`, or from a grey PNG of another depth.
 * @returns its size, and float32 [height, width], 0..1
 * @throws ClipSegError `invalid-image`
 */
export function fromProbabilityPng(
  bytes: Uint8Array,
): MaskSize & { readonly probabilities: Float32Array } {
  const { width, height, depth, data } = read(bytes, 'map of probabilities');
  const most = 2 ** depth - 1;
  return { width, height, probabilities: Float32Array.from(data, (value) => value / most) };
}

/**
 * Writes a category mask as a PNG with a palette: a pixel's value is its category; programs show
 * colors, with a black background.
 * @param colors colors from category 1 on. Default: `palette`
 * @throws ClipSegError `invalid-argument`
 */
export function toCategoryPng(
  mask: Pick<CategoryMask, 'width' | 'height' | 'data'>,
  colors: readonly Color[] = [],
): Uint8Array {
  const { width, height, data } = checkOptions(mask, 'toCategoryPng');
  checkMask(data, { width, height }, 'category mask');
  const own = checkList(colors, 'colors');
  checkCount(own.length, 'The number of colors', 0, 255);
  const highest = data.reduce((most, value) => Math.max(most, value), 0);
  const count = Math.max(highest, own.length);
  const palette = Array.from({ length: count }, (_, i) =>
    checkColor(own[i] ?? colorOf(i)).map(Math.round),
  ) as [number, number, number][];
  return encode({ width, height, channels: 1, depth: 8, data, palette: [[0, 0, 0], ...palette] });
}

/**
 * Reads categories from a PNG with a palette, or from the values of a grey PNG.
 * @returns its size, and uint8 [height, width]
 * @throws ClipSegError `invalid-image`
 */
export function fromCategoryPng(bytes: Uint8Array): MaskSize & { readonly data: Uint8Array } {
  const { width, height, depth, data } = read(bytes, 'category mask');
  if (depth > 8) fail(`has ${depth} bits a pixel; categories have 8`);
  return { width, height, data: Uint8Array.from(data) };
}

/**
 * Writes an image as an 8-bit PNG, without alpha if all pixels are opaque.
 * @throws ClipSegError `invalid-image`
 */
export function toPng(image: RawImage): Uint8Array {
  const { width, height, channels, data } = reading('The picture', () => checkRawImage(image));
  const opaque = channels === 4 && isOpaque(data);
  const kept = opaque ? 3 : channels;
  return encode({
    width,
    height,
    depth: 8,
    channels: kept,
    data: opaque ? withoutAlpha(data) : data,
  });
}

function isOpaque(data: RawImage['data']): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

function withoutAlpha(data: RawImage['data']): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let i = 0, o = 0; i < data.length; i += 4, o += 3) {
    rgb[o] = data[i]!;
    rgb[o + 1] = data[i + 1]!;
    rgb[o + 2] = data[i + 2]!;
  }
  return rgb;
}
