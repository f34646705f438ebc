import type { RawImage } from '../contracts/image.js';
import type { Preprocessing } from '../contracts/manifest.js';

/** RGB pixels -> float32 [3, height, width]: (v * rescaleFactor - mean) / std. */
export function pixelValues(
  { width, height, data }: RawImage,
  { rescaleFactor, imageMean, imageStd }: Preprocessing,
): Float32Array {
  const plane = width * height;
  const values = new Float32Array(3 * plane);
  for (let c = 0; c < 3; c++) {
    const mean = imageMean[c]!;
    const std = imageStd[c]!;
    const table = Float32Array.from({ length: 256 }, (_, v) => (v * rescaleFactor - mean) / std);
    const out = values.subarray(c * plane, (c + 1) * plane);
    for (let i = 0, j = c; i < plane; i++, j += 3) {
      out[i] = table[data[j]!]!;
    }
  }
  return values;
}
