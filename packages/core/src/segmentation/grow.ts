/**
 * Computes the maximum of each value and its two neighbors, or of the neighbors alone, which is
 * enough after the first pass.
 */
function widen(row: Float32Array, into: Float32Array, own: boolean): void {
  const last = row.length - 1;
  let left = row[0]!;
  let value = left;
  for (let x = 0; x <= last; x++) {
    const right = x < last ? row[x + 1]! : value;
    const greater = Math.max(left, right);
    into[x] = own && value > greater ? value : greater;
    left = value;
    value = right;
  }
}

/** Writes the maximum of both rows into the result. */
function raise(result: Float32Array, start: number, row: Float32Array): void {
  for (let x = 0; x < row.length; x++) {
    const value = row[x]!;
    if (value > result[start + x]!) result[start + x] = value;
  }
}

/**
 * Grows the high values of a map by a disc; a negative radius shrinks them. The rows of the disc
 * are visited from the shortest to the longest, each widened from the previous one.
 * @param map float32 [height, width]
 * @param radius in whole pixels
 * @returns the map itself for a radius of 0, else a new map
 */
export function grow(
  map: Float32Array,
  [height, width]: readonly [number, number],
  radius: number,
): Float32Array {
  if (radius === 0) return map;
  if (radius < 0) {
    const holes = map.map((value) => -value);
    return grow(holes, [height, width], -radius).map((value) => -value);
  }
  const result = new Float32Array(map.length).fill(Number.NEGATIVE_INFINITY);
  let [row, spare] = [new Float32Array(width), new Float32Array(width)];
  for (let y = 0; y < height; y++) {
    row.set(map.subarray(y * width, (y + 1) * width));
    let reach = 0;
    for (let dy = radius; dy >= 0; dy--) {
      const wanted = Math.min(width, Math.floor(Math.sqrt(radius * radius - dy * dy)));
      for (; reach < wanted; reach++) {
        widen(row, spare, reach === 0);
        [row, spare] = [spare, row];
      }
      if (y - dy >= 0) raise(result, (y - dy) * width, row);
      if (dy > 0 && y + dy < height) raise(result, (y + dy) * width, row);
    }
  }
  return result;
}
