import type { Composition, TermOptions } from '../contracts/composition.js';
import { addSigmoids, logit } from '../maps/sigmoid.js';
import { grow } from './grow.js';

// All operations but `sum` work on logits: sigmoid is monotonic, so minimum, maximum and threshold
// give the same result on logits as on probabilities, and 1 - p is -logit. This saves two
// exponentials per pixel and term.

type Size = readonly [height: number, width: number];

/**
 * A map and the kind of its values: a mean of probabilities is converted to logits only if needed.
 */
export interface ValueMap {
  readonly values: Float32Array;
  readonly kind: 'logits' | 'probabilities';
}

/** Converts probabilities to logits, in place. */
export function asLogits({ values, kind }: ValueMap): Float32Array {
  if (kind === 'probabilities') {
    for (let i = 0; i < values.length; i++) values[i] = logit(values[i]!);
  }
  return values;
}

function adjusted(map: ValueMap, options: TermOptions, size: Size, scale: number): ValueMap {
  const { threshold = 0.5, grow: pixels = 0 } = options;
  const shift = logit(threshold);
  if (shift === 0) return { ...map, values: grow(map.values, size, Math.round(pixels * scale)) };
  const values = asLogits(map);
  for (let i = 0; i < values.length; i++) values[i] = values[i]! - shift;
  return { values: grow(values, size, Math.round(pixels * scale)), kind: 'logits' };
}

type Maps = [Float32Array, ...Float32Array[]];

/**
 * Both overwrite the first map. Each has a loop of its own: a function call per pixel takes ten
 * times as long.
 */
function least([result, ...others]: Maps): Float32Array {
  for (const map of others) {
    for (let i = 0; i < result.length; i++) {
      const value = map[i]!;
      if (value < result[i]!) result[i] = value;
    }
  }
  return result;
}

function greatest([result, ...others]: Maps): Float32Array {
  for (const map of others) {
    for (let i = 0; i < result.length; i++) {
      const value = map[i]!;
      if (value > result[i]!) result[i] = value;
    }
  }
  return result;
}

function negated(map: Float32Array): Float32Array {
  for (let i = 0; i < map.length; i++) map[i] = -map[i]!;
  return map;
}

function meanProbability(maps: Maps, shares: readonly number[]): Float32Array {
  const result = new Float32Array(maps[0].length);
  for (const [k, map] of maps.entries()) addSigmoids(map, shares[k]!, result);
  return result;
}

function meanLogit(maps: Maps, shares: readonly number[]): Float32Array {
  const result = new Float32Array(maps[0].length);
  for (const [k, map] of maps.entries()) {
    const share = shares[k]!;
    for (let i = 0; i < result.length; i++) {
      result[i] = result[i]! + share * map[i]!;
    }
  }
  return result;
}

/**
 * Computes the map of a composition.
 * @param tree each leaf returns a new map of logits, which may be overwritten
 * @param scale pixels of the map per source pixel, for growing
 * @returns float32 of the maps' size
 */
export function combine(tree: Composition<() => Float32Array>, size: Size, scale = 1): ValueMap {
  if (tree.op === 'prompt') {
    return adjusted({ values: tree.prompt(), kind: 'logits' }, tree, size, scale);
  }
  const maps = tree.terms.map((term) => asLogits(combine(term, size, scale))) as Maps;
  const weights = tree.terms.map(({ weight = 1 }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  const values = {
    and: () => least(maps),
    or: () => greatest(maps),
    not: () => negated(maps[0]),
    sum: () => meanProbability(maps, shares),
    mean: () => meanLogit(maps, shares),
  }[tree.op]();
  const kind = tree.op === 'sum' ? 'probabilities' : 'logits';
  return adjusted({ values, kind }, tree, size, scale);
}
