import { checkNumber } from '../util/check.js';
import { checkMask, type MaskSize } from './mask.js';

/** Adds the sums of a row's windows to the columns, or subtracts them. */
function addWindows(row: Uint8Array, radius: number, sign: number, columns: Float64Array): void {
  const width = row.length;
  let sum = 0;
  for (let x = 0; x < Math.min(radius, width); x++) sum += row[x]!;
  for (let x = 0; x < width; x++) {
    if (x + radius < width) sum += row[x + radius]!;
    if (x > radius) sum -= row[x - radius - 1]!;
    columns[x] = columns[x]! + sign * sum;
  }
}

/**
 * Averages over a square window, clipped to the image, in linear time. Rows are summed when they
 * enter the window and again when they leave it, so that only the result is kept in memory.
 * @param levels uint8 [height, width]
 * @param scale factor of the result
 * @returns uint8 [height, width]
 */
function boxLevels(
  levels: Uint8Array,
  { width, height }: MaskSize,
  radius: number,
  scale: number,
): Uint8Array {
  const result = new Uint8Array(levels.length);
  const columns = new Float64Array(width);
  const row = (y: number) => levels.subarray(y * width, (y + 1) * width);
  const span = (at: number, length: number) =>
    Math.min(length - 1, at + radius) - Math.max(0, at - radius) + 1;
  const shares = Float64Array.from({ length: width }, (_, x) => scale / span(x, width));
  for (let y = 0; y < Math.min(radius, height); y++) addWindows(row(y), radius, 1, columns);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) addWindows(row(y + radius), radius, 1, columns);
    if (y > radius) addWindows(row(y - radius - 1), radius, -1, columns);
    const rows = span(y, height);
    for (let x = 0; x < width; x++) {
      const mean = (columns[x]! * shares[x]!) / rows;
      result[y * width + x] = (mean + 0.5) | 0;
    }
  }
  return result;
}

/**
 * Smooths an outline: a pixel is inside if most of its surroundings are, weighted by a pyramid (two
 * box filters). The time does not depend on the radius.
 * @param mask uint8 [height, width], inside where not 0
 * @param radius of the surroundings in pixels; rounded
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export function smoothing(mask: Uint8Array, size: MaskSize, radius: number): Uint8Array {
  checkMask(mask, size);
  const half = Math.max(0, Math.round(checkNumber(radius, 'radius') / 2));
  const inside = mask.map((value) => (value ? 1 : 0));
  const result = boxLevels(boxLevels(inside, size, half, 255), size, half, 1);
  for (let i = 0; i < result.length; i++) result[i] = result[i]! > 127 ? 1 : 0;
  return result;
}
