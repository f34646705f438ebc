import type { Segment } from '../contracts/segmentation.js';
import { sigmoid } from '../maps/sigmoid.js';
import { checkOptions, checkRange, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

/** Share of the pixels that count, those with the highest logits. */
const SHARE = 0.01;

const DEFAULT_THRESHOLD = 0.924;

export interface Presence {
  /** Sigmoid of the mean of the highest 1 % of the logits at model resolution, 0..1. */
  readonly score: number;
  /** Whether the score exceeds the threshold, so that something in the image matches the prompt. */
  readonly present: boolean;
}

export interface PresenceOptions {
  /**
   * The score to exceed, a probability. Default 0.924, chosen for the embedded model
   * (`npm run eval:mini` prints its error rates).
   */
  readonly threshold?: number;
}

/**
 * Decides whether anything in the image matches a prompt. CLIPSeg was not trained for this: the
 * score ranks images well, but calibrate the threshold on images like yours.
 * @throws ClipSegError `invalid-argument`
 */
export function presence(
  segment: Pick<Segment, 'logits'>,
  options: PresenceOptions = {},
): Presence {
  const logits = reading('The segment', () => segment.logits);
  if (!reading('logits', () => logits instanceof Float32Array && logits.length > 0)) {
    throw new ClipSegError(
      'invalid-argument',
      `logits is ${showValue(logits)}, not a Float32Array.`,
    );
  }
  const { threshold = DEFAULT_THRESHOLD } = checkOptions(options, 'presence');
  checkRange(threshold, 'threshold');
  const count = Math.max(1, Math.round(logits.length * SHARE));
  const candidates = strongest(logits, count).sort().subarray(-count);
  const score = sigmoid(candidates.reduce((sum, logit) => sum + logit, 0) / count);
  return { score, present: score > threshold };
}

const BINS = 1024;

/**
 * Returns at least the `count` highest values and few others, by counting: sorting all takes ten
 * times as long.
 */
function strongest(values: Float32Array, count: number): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const scale = (BINS - 1) / (high - low || 1);
  const bins = new Uint32Array(BINS);
  const binOf = (value: number) => Math.floor((value - low) * scale);
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(values[i]!);
    bins[bin] = bins[bin]! + 1;
  }
  let bin = BINS - 1;
  for (let found = bins[bin]!; found < count && bin > 0; ) found += bins[--bin]!;
  return values.filter((value) => binOf(value) >= bin);
}
