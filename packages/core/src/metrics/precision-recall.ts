import { checkCount, checkNumbers, checkOptions, reading, valueIs } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { type Confusion, IGNORED, type MaskScores, maskScores } from './confusion.js';

/** Counts of pixels by their probability, over any number of masks. */
export interface PixelCounts {
  /** @param probabilities 0..1 @param truth 1 inside, 0 outside, `IGNORED` neither */
  add(probabilities: ArrayLike<number>, truth: ArrayLike<number>): void;
  /** Average precision: precision times gain in recall, summed over falling thresholds. */
  averagePrecision(): number;
  /** Counts at a threshold (0..1, rounded down to a step). */
  at(threshold: number): Confusion;
  /** The threshold with the best score; the score is IoU by default. */
  best(score?: keyof MaskScores): { readonly threshold: number; readonly score: number };
}

export interface PixelCountsOptions {
  /** Number of thresholds between 0 and 1, from 1 to 1000000. Default 1000. */
  readonly steps?: number;
}

/** About the precision of a float32 probability; takes 16 MB. */
const MAX_STEPS = 1_000_000;

/**
 * Counts pixels so that scores can be computed for every threshold afterwards.
 * @throws ClipSegError `invalid-argument`
 */
export function pixelCounts(options: PixelCountsOptions = {}): PixelCounts {
  const { steps = 1000 } = checkOptions(options, 'pixelCounts');
  checkCount(steps, 'steps', 1, MAX_STEPS);
  const inside = new Float64Array(steps + 1);
  const outside = new Float64Array(steps + 1);
  const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);

  function count(probabilities: ArrayLike<number>, truth: ArrayLike<number>): void {
    for (let i = 0; i < probabilities.length; i++) {
      const value = truth[i]!;
      if (value === IGNORED) continue;
      const counts = value ? inside : outside;
      // A probability exceeds all thresholds below its step.
      const step = Math.ceil(probabilities[i]! * steps);
      counts[step] = counts[step]! + 1;
    }
  }

  /** Yields the counts above each threshold, from the highest down. */
  function* thresholds(): Generator<{ threshold: number; counts: Confusion }> {
    const [positives, negatives] = [total(inside), total(outside)];
    let [tp, fp] = [0, 0];
    for (let step = steps; step >= 0; step--) {
      const counts = { tp, fp, fn: positives - tp, tn: negatives - fp };
      yield { threshold: step / steps, counts };
      tp += inside[step]!;
      fp += outside[step]!;
    }
  }

  return {
    add(probabilities, truth) {
      checkNumbers(probabilities, 'probabilities');
      checkNumbers(truth, 'truth');
      if (probabilities.length !== truth.length) {
        const message = `${probabilities.length} probabilities and a truth of ${truth.length} pixels.`;
        throw new ClipSegError('invalid-argument', message);
      }
      reading('The probabilities', () => count(probabilities, truth));
    },
    averagePrecision() {
      const positives = total(inside);
      let [tp, fp, ap] = [0, 0, 0];
      for (let step = steps; step >= 0; step--) {
        const gained = inside[step]!;
        tp += gained;
        fp += outside[step]!;
        if (gained > 0) ap += (gained / positives) * (tp / (tp + fp));
      }
      return ap;
    },
    at(threshold) {
      for (const point of thresholds())
        if (point.threshold <= threshold + 1e-9) return point.counts;
      throw new ClipSegError('invalid-argument', `threshold is ${valueIs(threshold)}, not 0 to 1.`);
    },
    best(score = 'iou') {
      let best = { threshold: 0.5, score: Number.NEGATIVE_INFINITY };
      for (const { threshold, counts } of thresholds()) {
        const value = maskScores(counts)[score];
        if (value > best.score) best = { threshold, score: value };
      }
      return best;
    },
  };
}
