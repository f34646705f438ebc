import type { Composition, TermOptions } from '../contracts/composition.js';
import { logit, sigmoid } from '../sigmoid.js';
import { grow } from './grow.js';

// Everything but `sum` works on logits as they are: sigmoid is monotonic, so that the least, the
// greatest and a threshold are the same on both sides of it, and 1 - p is -logit. That spares two
// exponentials a pixel and term.

type Size = readonly [height: number, width: number];

function adjusted(map: Float32Array, options: TermOptions, size: Size, scale: number) {
  const { threshold = 0.5, grow: pixels = 0 } = options;
  const shift = logit(threshold);
  if (shift !== 0) for (let i = 0; i < map.length; i++) map[i] = (map[i] as number) - shift;
  return grow(map, size, Math.round(pixels * scale));
}

/** Folds the other maps into the first. */
function fold(
  [result, ...others]: [Float32Array, ...Float32Array[]],
  pick: (a: number, b: number) => number,
): Float32Array {
  for (const map of others) {
    for (let i = 0; i < result.length; i++) result[i] = pick(result[i] as number, map[i] as number);
  }
  return result;
}

function mean(
  maps: readonly Float32Array[],
  weights: readonly number[],
  into: (value: number) => number,
  back: (value: number) => number,
): Float32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  const result = maps[0] as Float32Array;
  for (let i = 0; i < result.length; i++) {
    let sum = 0;
    for (let k = 0; k < maps.length; k++) {
      sum += (shares[k] as number) * into((maps[k] as Float32Array)[i] as number);
    }
    result[i] = back(sum);
  }
  return result;
}

const same = (value: number): number => value;

/**
 * The logits of a composition whose leaves give logits.
 * @param tree each leaf gives a new map, which is then written over
 * @param scale pixels of the map per source pixel, for growing
 * @returns float32 of the maps' size
 */
export function combine(
  tree: Composition<() => Float32Array>,
  size: Size,
  scale = 1,
): Float32Array {
  if (tree.op === 'prompt') return adjusted(tree.prompt(), tree, size, scale);
  const maps = tree.terms.map((term) => combine(term, size, scale)) as [Float32Array];
  const weights = tree.terms.map(({ weight = 1 }) => weight);
  const combined = {
    and: () => fold(maps, Math.min),
    or: () => fold(maps, Math.max),
    not: () => maps[0].map((value) => -value),
    sum: () => mean(maps, weights, sigmoid, logit),
    mean: () => mean(maps, weights, same, same),
  }[tree.op]();
  return adjusted(combined, tree, size, scale);
}
