import { ClipSegError, checkRawImage, type RawImage, throwIfAborted } from '@clipseg/core';
import { invalid } from './image/deadline.js';
import { decodeBytes } from './image/decode-bytes.js';
import { type DecodeImageOptions, decodeLimits } from './image/options.js';
import { type ImageInput, sourceOf } from './image/source.js';

export type { DecodeImageOptions, DecodeLimits } from './image/options.js';
export type { ImageDataLike, ImageInput } from './image/source.js';

function isPixels(input: unknown): boolean {
  try {
    Object.prototype.toString.call(input); // asked below what it is
    return typeof input === 'object' && input !== null && 'width' in input && 'data' in input;
  } catch (cause) {
    throw new ClipSegError('invalid-image', 'The image cannot be read.', { cause });
  }
}

/**
 * Decodes a picture to 8-bit RGB or grey: EXIF orientation applied, alpha over white, 16 bits
 * narrowed, the first frame of an animation. JPEG, PNG, WebP, GIF, TIFF, AVIF and BMP are read; SVG
 * with `svg: true`. Colour profiles of RGB and grey pictures are left alone, as Pillow leaves them;
 * CMYK is converted by its embedded profile, or as Pillow does where there is none.
 * @throws ClipSegError `not-found`, `io`, `invalid-image`, `invalid-argument`, `network`, `aborted`
 */
export async function decodeImage(
  input: ImageInput,
  options: DecodeImageOptions = {},
): Promise<RawImage> {
  const limits = decodeLimits(options);
  throwIfAborted(limits.signal);
  if (isPixels(input)) return checkRawImage(input, limits.maxPixels);
  const { name, bytes } = await sourceOf(input, limits);
  if (bytes.length === 0) throw invalid(`${name} is empty (0 bytes).`);
  throwIfAborted(limits.signal);
  return decodeBytes(bytes, name, limits);
}
