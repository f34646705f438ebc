import type { MaskSize } from './mask.js';

// A watershed of the distance to the outside: every blob has a peak as high as half its width, and
// two blobs are joined by a saddle as high as half the width of their neck. Pixels are visited from
// the highest down; two basins that meet are merged unless the saddle is much lower than both
// peaks.

/** Steps per pixel in which distances are sorted. */
const STEPS = 8;

/** Sorts the pixels with a distance above 0 by falling distance, in linear time. */
function fromTheTop(distances: Float32Array): Int32Array {
  const stepOf = (i: number) => Math.ceil(distances[i]! * STEPS);
  let highest = 0;
  for (let i = 0; i < distances.length; i++) highest = Math.max(highest, stepOf(i));
  const begins = new Int32Array(highest + 2);
  for (let i = 0; i < distances.length; i++) {
    const place = highest - stepOf(i) + 1;
    begins[place] = begins[place]! + 1;
  }
  for (let step = 0; step <= highest; step++) {
    begins[step + 1] = begins[step + 1]! + begins[step]!;
  }
  const inside = begins[highest]!;
  const order = new Int32Array(distances.length);
  for (let i = 0; i < distances.length; i++) {
    const place = highest - stepOf(i);
    const at = begins[place]!;
    order[at] = i;
    begins[place] = at + 1;
  }
  return order.subarray(0, inside);
}

/** Visits each of the up to eight neighbors of a pixel. */
function eachNeighbour({ width, height }: MaskSize, i: number, visit: (other: number) => void) {
  const [x, y] = [i % width, Math.floor(i / width)];
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
      if (u !== x || v !== y) visit(v * width + u);
    }
  }
}

/**
 * @param distances float32 [height, width] to the nearest pixel outside, 0 outside
 * @param neck width of a saddle that separates two basins, as a share of the lower peak's
 * @returns int32 [height, width], the number of the basin, -1 outside
 */
export function basinsOf(distances: Float32Array, size: MaskSize, neck: number): Int32Array {
  const basins = new Int32Array(distances.length).fill(-1);
  if (distances[0] === Number.POSITIVE_INFINITY) return basins.fill(0); // there is no outside
  const parents: number[] = [];
  const peaks: number[] = [];
  const rootOf = (basin: number): number => {
    let at = basin;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  const merge = (a: number, b: number): void => {
    const [high, low] = peaks[a]! >= peaks[b]! ? [a, b] : [b, a];
    parents[low] = high;
  };
  for (const i of fromTheTop(distances)) {
    const height = distances[i]!;
    let [own, steepest] = [-1, -1];
    eachNeighbour(size, i, (other) => {
      const basin = basins[other]!;
      if (basin < 0 || distances[other]! <= steepest) return;
      [own, steepest] = [basin, distances[other]!];
    });
    if (own < 0) {
      own = parents.length;
      parents.push(own);
      peaks.push(height);
    }
    basins[i] = own;
    eachNeighbour(size, i, (other) => {
      if (basins[other]! < 0) return;
      const [a, b] = [rootOf(own), rootOf(basins[other]!)];
      const lower = Math.min(peaks[a]!, peaks[b]!);
      if (a !== b && height >= neck * lower) merge(a, b);
    });
  }
  return basins.map((basin) => (basin < 0 ? -1 : rootOf(basin)));
}
