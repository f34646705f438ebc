export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Logits of probabilities beyond a float32's reach of 0 and 1. */
const LIMIT = 50;

/** The inverse of `sigmoid`; finite, also for 0 and 1. */
export function logit(probability: number): number {
  return Math.min(LIMIT, Math.max(-LIMIT, Math.log(probability / (1 - probability))));
}
