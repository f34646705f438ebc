import type { Composition, TermOptions } from '../contracts/composition.js';
import { logit, sigmoid } from '../maps/sigmoid.js';
import { upsampleBilinear } from '../maps/upsample.js';
import { aboveUpsampled } from '../maps/upsampled-scores.js';
import { mapLeaves } from '../prompts/composition/tree.js';
import { dilate, erode } from '../raster/distance.js';
import { combine } from './combine.js';

// Maps are cut before and, or, not and growing: the minimum of several values exceeds a limit if
// all of them do. Masks take a quarter of the memory of maps, and growing them takes linear time.
// Only means need values.

type Size = readonly [height: number, width: number];

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Returns a limit that float32 numbers from `value` on exceed. */
function reached(value: number): number {
  float[0] = value;
  if (float[0] !== value || value === Number.NEGATIVE_INFINITY) return value; // no float32 equals it
  if (value === 0) return -(2 ** -149);
  bits[0] = bits[0]! + (value > 0 ? -1 : 1);
  return float[0] as number;
}

function grown(mask: Uint8Array, { grow = 0 }: TermOptions, [height, width]: Size): Uint8Array {
  if (grow === 0) return mask;
  return (grow > 0 ? dilate : erode)(mask, { width, height }, Math.abs(grow));
}

/** Both overwrite the first mask. */
function joined(masks: readonly Uint8Array[], op: 'and' | 'or'): Uint8Array {
  const [result, ...others] = masks as [Uint8Array, ...Uint8Array[]];
  const wins = op === 'and' ? 0 : 1;
  for (const mask of others) {
    for (let i = 0; i < result.length; i++) if (mask[i] === wins) result[i] = wins;
  }
  return result;
}

function inverted(mask: Uint8Array): Uint8Array {
  for (let i = 0; i < mask.length; i++) mask[i] = mask[i]! ^ 1;
  return mask;
}

/**
 * Marks pixels at which a composition of upsampled maps exceeds a limit. The result equals that of
 * `combine`, cut at the limit.
 * @param tree its leaves are logits, float32 [h, w]
 * @param limit a logit
 * @returns uint8 [height, width], a new one
 */
export function maskOf(
  tree: Composition<Float32Array>,
  size: Size,
  source: Size,
  limit: number,
): Uint8Array {
  const [height, width] = source;
  const own = limit + logit(tree.threshold ?? 0.5);
  const cut = (): Uint8Array => {
    if (tree.op === 'prompt') return aboveUpsampled(tree.prompt, size, { width, height }, own);
    if (tree.op === 'sum' || tree.op === 'mean') return meanAbove(tree, size, source, own);
    // -a exceeds a limit if a is below the negated limit.
    const level = tree.op === 'not' ? reached(-own) : own;
    const masks = tree.terms.map((term) => maskOf(term, size, source, level));
    return tree.op === 'not' ? inverted(masks[0]!) : joined(masks, tree.op);
  };
  return grown(cut(), tree, source);
}

function meanAbove(
  { threshold: _, grow: __, ...tree }: Composition<Float32Array>,
  size: Size,
  source: Size,
  limit: number,
): Uint8Array {
  const plain = tree as Composition<Float32Array>;
  const leaves = mapLeaves(plain, (map) => () => upsampleBilinear(map, size, source));
  const { values, kind } = combine(leaves, source);
  return above(values, kind === 'logits' ? limit : sigmoid(limit));
}

/** Returns uint8, 1 for values that exceed the limit. */
export function above(values: Float32Array, limit: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let i = 0; i < mask.length; i++) mask[i] = values[i]! > limit ? 1 : 0;
  return mask;
}
