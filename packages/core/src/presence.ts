import { ClipSegError } from './errors.js';
import type { Segment } from './segmentation.js';

/** Of the pixels that count: the strongest hundredth. */
const SHARE = 0.01;

export interface Presence {
  /** Mean of the highest 1 % of the logits at model resolution. */
  readonly score: number;
  /** Whether the score exceeds the threshold: what the prompt names is somewhere in the picture. */
  readonly present: boolean;
}

export interface PresenceOptions {
  /**
   * Of the score, a logit. Default 2.5, the embedded model's (`npm run eval:mini` prints its error
   * rates).
   */
  readonly threshold?: number;
}

/**
 * Whether what a prompt names is there at all. CLIPSeg was not trained to say so: the score orders
 * pictures well, and the threshold is to be calibrated on pictures like yours.
 * @throws ClipSegError `invalid-argument`
 */
export function presence(
  { logits }: Pick<Segment, 'logits'>,
  { threshold = 2.5 }: PresenceOptions = {},
): Presence {
  if (!Number.isFinite(threshold)) {
    throw new ClipSegError('invalid-argument', `threshold is ${threshold}, not a finite logit.`);
  }
  const count = Math.max(1, Math.round(logits.length * SHARE));
  const strongest = logits.slice().sort().subarray(-count);
  const score = strongest.reduce((sum, logit) => sum + logit, 0) / count;
  return { score, present: score > threshold };
}
