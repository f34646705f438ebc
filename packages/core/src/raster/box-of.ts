import type { Box } from '../contracts/image.js';
import type { MaskSize } from './mask.js';

/**
 * Returns the box around all values above 0.
 * @param values [height, width]
 * @returns undefined if there are none
 */
export function boxOf(values: ArrayLike<number>, { width, height }: MaskSize): Box | undefined {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! > 0)) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x + 1);
    y1 = Math.max(y1, y + 1);
  }
  return x1 > 0 ? [x0, y0, x1, y1] : undefined;
}
