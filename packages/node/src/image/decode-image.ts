import { ClipSegError, type RawImage } from '@clipseg/core';
import { showReason, throwIfAborted } from '@clipseg/core/internal';
import { checkRawImage } from '@clipseg/core/model';
import { invalid } from './deadline.js';
import { decodeBytes } from './decode-bytes.js';
import { type DecodeImageOptions, decodeLimits, type Limits } from './options.js';
import { type ImageInput, sourceOf } from './source.js';

export type { DecodeImageOptions, DecodeLimits } from './options.js';
export type { ImageDataLike, ImageInput } from './source.js';

const isPixels = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'width' in input && 'data' in input;

/** Reads the input; the caller's buffers, getters and streams may throw anything. */
async function readInput(input: unknown, limits: Limits) {
  try {
    if (isPixels(input)) return checkRawImage(input, limits.maxPixels);
    return await sourceOf(input, limits);
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    throw invalid(`The image cannot be read: ${showReason(cause)}.`, cause);
  }
}

/**
 * Decodes an image to 8-bit RGB or grey: applies EXIF orientation, puts alpha over white, narrows
 * 16 bits, and takes the first frame of an animation. Reads JPEG, PNG, WebP, GIF, TIFF, AVIF and
 * BMP, and SVG with `svg: true`. Ignores color profiles of RGB and grey images, as Pillow does;
 * converts CMYK by its embedded profile, or as Pillow does if it has none.
 * @throws ClipSegError `not-found`, `io`, `invalid-image`, `invalid-argument`, `network`, `aborted`
 */
export async function decodeImage(
  input: ImageInput,
  options: DecodeImageOptions = {},
): Promise<RawImage> {
  const limits = decodeLimits(options);
  throwIfAborted(limits.signal);
  const read = await readInput(input, limits);
  if (!('bytes' in read)) return read;
  const { name, bytes } = read;
  if (bytes.length === 0) throw invalid(`${name} is empty (0 bytes).`);
  throwIfAborted(limits.signal);
  return decodeBytes(bytes, name, limits);
}
