/** Greatest of each value and its neighbours up to `reach` along a row, by a queue of candidates. */
function runningMax(row: Float32Array, reach: number, into: Float32Array): void {
  const queue = new Int32Array(row.length);
  let [head, tail, next] = [0, 0, 0];
  for (let x = 0; x < row.length; x++) {
    for (; next < row.length && next <= x + reach; next++) {
      while (tail > head && (row[queue[tail - 1] as number] as number) <= (row[next] as number))
        tail--;
      queue[tail++] = next;
    }
    while ((queue[head] as number) < x - reach) head++;
    into[x] = row[queue[head] as number] as number;
  }
}

/**
 * Grows what is high in a map by a disc, or shrinks it for a negative radius.
 * @param map float32 [height, width]
 * @param radius in pixels
 */
export function grow(
  map: Float32Array,
  [height, width]: readonly [number, number],
  radius: number,
): Float32Array {
  if (radius === 0) return map;
  if (radius < 0) {
    const negated = grow(
      map.map((value) => -value),
      [height, width],
      -radius,
    );
    return negated.map((value) => -value);
  }
  const result = new Float32Array(map.length).fill(Number.NEGATIVE_INFINITY);
  const widened = new Float32Array(width);
  for (let dy = 0; dy <= radius; dy++) {
    const reach = Math.floor(Math.sqrt(radius * radius - dy * dy));
    for (let y = 0; y < height; y++) {
      if (y - dy < 0 && y + dy >= height) continue;
      runningMax(map.subarray(y * width, (y + 1) * width), reach, widened);
      for (const target of dy === 0 ? [y] : [y - dy, y + dy]) {
        if (target < 0 || target >= height) continue;
        const start = target * width;
        for (let x = 0; x < width; x++) {
          if ((widened[x] as number) > (result[start + x] as number)) {
            result[start + x] = widened[x] as number;
          }
        }
      }
    }
  }
  return result;
}
