import type { Box, RawImage } from '../../contracts/image.js';
import type { View } from './plan.js';

/** Cuts a box out of an RGB image; returns the image itself if the box covers it. */
function cropImage(image: RawImage, [x0, y0, x1, y1]: Box): RawImage {
  const [width, height] = [x1 - x0, y1 - y0];
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((y + y0) * image.width + x0) * 3;
    data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, channels: 3, data };
}

/** Returns the pixels of a view of an RGB image. */
export function viewOf(image: RawImage, { box, mirrored }: View): RawImage {
  const part = cropImage(image, box);
  if (!mirrored) return part;
  const { width, height, data } = part;
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [(y * width + x) * 3, (y * width + width - 1 - x) * 3];
      for (let c = 0; c < 3; c++) result[to + c] = data[from + c]!;
    }
  }
  return { width, height, channels: 3, data: result };
}
