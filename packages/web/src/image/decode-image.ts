import type { RawImage } from '@clipseg/core';
import { decodeLimits, throwIfAborted } from '@clipseg/core/internal';
import { bitmapOfElement, bitmapOfFile } from './bitmap.js';
import { fetchImage } from './fetch-image.js';
import { type ImageInput, isA, isPixels, needsBitmap } from './input.js';
import { checkPixels, type DecodeImageOptions, invalid, type Limits } from './limits.js';
import { fromPixels, readPixels } from './pixels.js';

type Drawable = readonly [bitmap: ImageBitmap, name: string, owned: boolean];

async function drawable(input: ImageInput, limits: Limits): Promise<Drawable> {
  if (typeof input === 'string' || isA<URL>(input, 'URL')) {
    const url = String(input);
    const name = /^data:/i.test(url) ? 'The data: URL' : url;
    return [await bitmapOfFile(await fetchImage(url, name, limits), name, limits), name, true];
  }
  if (isA<File>(input, 'File', 'Blob')) {
    const name = input.name || 'The image';
    return [await bitmapOfFile(input, name, limits), name, true];
  }
  if (isA<ImageBitmap>(input, 'ImageBitmap')) return [input, 'The ImageBitmap', false];
  if (needsBitmap(input)) return [await bitmapOfElement(input, limits), 'The image', true];
  const type = input === null ? 'null' : typeof input;
  throw invalid(`The image is ${type}; pass a Blob, URL, element, bitmap, ImageData or RawImage.`);
}

/**
 * Decodes an image to 8-bit RGB: EXIF orientation applied, transparency blended with white, color
 * profiles ignored, as on Node.js and in Pillow.
 * @throws ClipSegError `invalid-image`, `invalid-argument`, `network`, `aborted`
 */
export async function decodeImage(
  input: ImageInput,
  options: DecodeImageOptions = {},
): Promise<RawImage> {
  const limits: Limits = { ...decodeLimits(options), signal: options.signal };
  const { signal } = limits;
  throwIfAborted(signal);
  if (!needsBitmap(input) && !isA(input, 'ImageBitmap') && isPixels(input)) {
    return fromPixels(input as object, limits);
  }
  const [bitmap, name, owned] = await drawable(input, limits);
  try {
    throwIfAborted(signal);
    const { width, height } = bitmap;
    if (width === 0) throw invalid(`${name} is closed or was transferred to another thread.`);
    checkPixels([width, height], name, limits);
    return readPixels(bitmap, [width, height], name);
  } finally {
    if (owned) bitmap.close();
  }
}
