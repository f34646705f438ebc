export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Logit beyond which a float32 probability is 0 or 1. */
const LIMIT = 50;

/** The inverse of `sigmoid`; finite, also for 0 and 1. */
export function logit(probability: number): number {
  return Math.min(LIMIT, Math.max(-LIMIT, Math.log(probability / (1 - probability))));
}

// Maps use a table of sigmoids with linear interpolation. Its error is below 2e-7, its time a fifth
// of an exponential per pixel.
const REACH = 24;
const STEPS = 256;
let table: Float32Array | undefined;

const makeTable = (): Float32Array =>
  Float32Array.from({ length: 2 * REACH * STEPS + 2 }, (_, i) => sigmoid(i / STEPS - REACH));

/** Adds `weight` times the sigmoid of every logit to `into`. */
export function addSigmoids(logits: Float32Array, weight: number, into: Float32Array): void {
  table ??= makeTable();
  const entries = table;
  const last = 2 * REACH * STEPS;
  for (let i = 0; i < logits.length; i++) {
    const at = Math.min(last, Math.max(0, (logits[i]! + REACH) * STEPS));
    const low = at | 0;
    const value = entries[low]!;
    const step = entries[low + 1]! - value;
    into[i] = into[i]! + weight * (value + step * (at - low));
  }
}

/** Returns the sigmoid of the nearest entry, off by less than 0.0005; about 0 for NaN. */
export function nearestSigmoid(logit: number): number {
  table ??= makeTable();
  const at = (logit + REACH) * STEPS + 0.5;
  return table[at >= 2 * REACH * STEPS ? 2 * REACH * STEPS : at >= 0 ? at | 0 : 0]!;
}

/** Returns the sigmoid of every logit. */
export function sigmoids(logits: Float32Array): Float32Array {
  const result = new Float32Array(logits.length);
  addSigmoids(logits, 1, result);
  return result;
}
