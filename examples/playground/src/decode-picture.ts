import { type RawImage, resize, toRgb } from '@clipseg/core';
import { decodeImage, type ImageInput } from '@clipseg/web';

/** Larger pictures are scaled down: what a slider does is to be seen at once, on a phone too. */
const LONGEST_SIDE = 1600;

/** Pixels of a picture, as everything here uses them. */
export async function decodePicture(
  source: ImageInput,
  options?: { signal?: AbortSignal },
): Promise<RawImage> {
  const image = await decodeImage(source, options);
  const { width, height } = image;
  const scale = LONGEST_SIDE / Math.max(width, height);
  if (scale >= 1) return image;
  return resize(toRgb(image), [Math.round(height * scale), Math.round(width * scale)], 'bilinear');
}
