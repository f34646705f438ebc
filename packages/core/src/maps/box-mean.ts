/**
 * Averages over a square window, clipped to the plane, in linear time.
 * @param plane float32 [height, width]
 * @param radius in whole pixels; a side of the window has 2 * radius + 1
 * @returns float32 [height, width], a new one
 */
export function boxMean(
  plane: Float32Array,
  [height, width]: readonly [height: number, width: number],
  radius: number,
): Float32Array {
  const result = new Float32Array(plane.length);
  // Sum over rows first, into the result; then over columns, one row at a time.
  for (let y = 0; y < height; y++) {
    const start = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) sum += plane[start + x]!;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += plane[start + x + radius]!;
      if (x > radius) sum -= plane[start + x - radius - 1]!;
      result[start + x] = sum;
    }
  }
  const sums = result.slice();
  const column = new Float64Array(width);
  for (let y = 0; y < Math.min(radius, height); y++) addRow(column, sums, y * width, 1);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) addRow(column, sums, (y + radius) * width, 1);
    if (y > radius) addRow(column, sums, (y - radius - 1) * width, -1);
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    for (let x = 0; x < width; x++) {
      const columns = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1;
      result[y * width + x] = column[x]! / (rows * columns);
    }
  }
  return result;
}

function addRow(column: Float64Array, sums: Float32Array, start: number, sign: number): void {
  for (let x = 0; x < column.length; x++) {
    column[x] = column[x]! + sign * sums[start + x]!;
  }
}
