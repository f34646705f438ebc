import type { RawImage } from '@clipseg/core';
import { resize, toRgb } from '@clipseg/core/model';
import { decodeImage, type ImageInput } from '@clipseg/web';

/** Larger images are scaled down, so that a slider responds at once, even on a phone. */
const LONGEST_SIDE = 1600;

/** Decodes an image to the pixels that the page uses. */
export async function decodeScaled(
  source: ImageInput,
  options?: { signal?: AbortSignal },
): Promise<RawImage> {
  const image = await decodeImage(source, options);
  const { width, height } = image;
  const scale = LONGEST_SIDE / Math.max(width, height);
  if (scale >= 1) return image;
  return resize(toRgb(image), [Math.round(height * scale), Math.round(width * scale)], 'bilinear');
}
