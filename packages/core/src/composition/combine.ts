import type { Composition, TermOptions } from '../contracts/composition.js';
import { grow } from './grow.js';

type Size = readonly [height: number, width: number];

/** Moves the threshold to a half, straight on both sides of it. */
function recentred(map: Float32Array, threshold: number): Float32Array {
  return map.map((p) =>
    p <= threshold ? (0.5 * p) / threshold : 0.5 + (0.5 * (p - threshold)) / (1 - threshold),
  );
}

function adjusted(
  map: Float32Array,
  options: TermOptions,
  size: Size,
  scale: number,
): Float32Array {
  const { threshold = 0.5, grow: pixels = 0 } = options;
  const moved = threshold === 0.5 ? map : recentred(map, threshold);
  return grow(moved, size, Math.round(pixels * scale));
}

function fold(maps: readonly Float32Array[], pick: (a: number, b: number) => number): Float32Array {
  const [first, ...rest] = maps as [Float32Array, ...Float32Array[]];
  const result = first.slice();
  for (const map of rest) {
    for (let i = 0; i < result.length; i++) result[i] = pick(result[i] as number, map[i] as number);
  }
  return result;
}

function mean(maps: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const result = new Float32Array((maps[0] as Float32Array).length);
  for (const [k, map] of maps.entries()) {
    const share = (weights[k] as number) / total;
    for (let i = 0; i < result.length; i++)
      result[i] = (result[i] as number) + share * (map[i] as number);
  }
  return result;
}

/**
 * The probability map of a composition whose leaves are probability maps.
 * @param scale pixels of the map per source pixel, for growing
 * @returns float32 of the maps' size; a new array unless the composition is one leaf as it is
 */
export function combine(
  tree: Composition<() => Float32Array>,
  size: Size,
  scale = 1,
): Float32Array {
  if (tree.op === 'prompt') return adjusted(tree.prompt(), tree, size, scale);
  const maps = tree.terms.map((term) => combine(term, size, scale));
  const combined = {
    and: () => fold(maps, Math.min),
    or: () => fold(maps, Math.max),
    not: () => (maps[0] as Float32Array).map((p) => 1 - p),
    sum: () =>
      mean(
        maps,
        tree.terms.map(({ weight = 1 }) => weight),
      ),
  }[tree.op]();
  return adjusted(combined, tree, size, scale);
}
