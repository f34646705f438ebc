import { checkNumbers, reading, valueIs } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { addConfusions, type Confusion } from './confusion.js';
import { simpson } from './simpson.js';

// Equals timojl/clipseg's metrics.py, FixedIntervalMetrics(sigmoid=True), to the bit, with its
// quirks: 1 is added to every denominator, and counts are summed over the dataset before division.

const COUNT = 51;
/** 0.02, 0.04, ... 0.98, with the rounding of numpy.linspace. */
const thresholds = Array.from({ length: COUNT - 2 }, (_, i) => (i + 1) * (1 / (COUNT - 1)));

export interface FixedIntervalScores {
  /** Average precision: Simpson's rule over the unique pairs of recall and precision. */
  readonly ap: number;
  /** Foreground IoU, mean of foreground and background IoU, mean IoU over classes. */
  readonly fgiou: Curve;
  readonly biniou: Curve;
  /** Absent when classes were not given. */
  readonly miou: Curve | undefined;
}

export interface Curve {
  readonly best: number;
  /** The threshold of `best`. */
  readonly bestThreshold: number;
  /** Scores per threshold, 0.02 to 0.98 in steps of 0.02. */
  readonly scores: readonly number[];
  /** Scores at one of the thresholds, e.g. 0.3. */
  at(threshold: number): number;
}

function curve(scores: readonly number[]): Curve {
  const best = Math.max(...scores);
  return {
    best,
    bestThreshold: thresholds[scores.indexOf(best)]!,
    scores,
    at(threshold) {
      const index = thresholds.findIndex((own) => Math.abs(own - threshold) < 1e-9);
      if (index >= 0) return scores[index]!;
      const message = `threshold is ${valueIs(threshold)}, not one of 0.02, 0.04, ... 0.98.`;
      throw new ClipSegError('invalid-argument', message);
    },
  };
}

const limits = Float32Array.from(thresholds);

/** Counts the thresholds below a probability. */
function thresholdsBelow(probability: number): number {
  let count = Math.min(limits.length, Math.max(0, Math.floor(probability * (COUNT - 1))));
  while (count > 0 && limits[count - 1]! >= probability) count--;
  while (count < limits.length && limits[count]! < probability) count++;
  return count;
}

/** Counts pixels above each threshold as torch does: float32 sigmoid, strict float32 comparison. */
function countAll(logits: ArrayLike<number>, truth: ArrayLike<number>): Confusion[] {
  const inside = new Uint32Array(limits.length + 1);
  const outside = new Uint32Array(limits.length + 1);
  for (let i = 0; i < logits.length; i++) {
    const below = thresholdsBelow(Math.fround(1 / (1 + Math.exp(-logits[i]!))));
    const counts = truth[i] ? inside : outside;
    counts[below] = counts[below]! + 1;
  }
  const after = (counts: Uint32Array, t: number) =>
    counts.subarray(t + 1).reduce((a, b) => a + b, 0);
  const [positives, negatives] = [after(inside, -1), after(outside, -1)];
  return thresholds.map((_, t) => {
    const [tp, fp] = [after(inside, t), after(outside, t)];
    return { tp, fp, fn: positives - tp, tn: negatives - fp };
  });
}

const foreground = ({ tp, fp, fn }: Confusion): number => tp / (1 + tp + fp + fn);
const background = ({ tn, fp, fn }: Confusion): number => tn / (1 + tn + fn + fp);

function averagePrecision(counts: readonly Confusion[]): number {
  const pairs = new Map<string, readonly [recall: number, precision: number]>();
  for (const { tp, fp, fn } of counts) {
    if (tp + fp === 0) continue; // nothing is predicted
    const pair = [tp / (1 + tp + fn), tp / (1 + tp + fp)] as const;
    pairs.set(pair.join(), pair);
  }
  const sorted = [...pairs.values()].sort((a, b) => a[0] - b[0]);
  return simpson(
    sorted.map(([, precision]) => precision),
    sorted.map(([recall]) => recall),
  );
}

export interface FixedIntervalMetrics {
  /**
   * @param logits float32 [h, w]
   * @param truth [h, w], inside where not 0
   * @param category groups results for the mean over classes
   */
  add(logits: ArrayLike<number>, truth: ArrayLike<number>, category?: number): void;
  value(): FixedIntervalScores;
}

/** Computes the original's metrics over a dataset, for numbers that compare with the paper's. */
export function fixedIntervalMetrics(): FixedIntervalMetrics {
  const all: { counts: Confusion[]; category: number | undefined }[] = [];
  const summed = (items: typeof all): Confusion[] =>
    thresholds.map((_, i) => addConfusions(items.map(({ counts }) => counts[i]!)));

  function meanOverClasses(): Curve | undefined {
    const classes = [...new Set(all.map(({ category }) => category))];
    if (classes.includes(undefined)) return undefined;
    const byClass = classes.map((own) => summed(all.filter(({ category }) => category === own)));
    return curve(
      thresholds.map((_, i) => {
        const scores = byClass.map((counts) => foreground(counts[i]!));
        return scores.reduce((sum, score) => sum + score, 0) / scores.length;
      }),
    );
  }

  return {
    add(logits, truth, category) {
      checkNumbers(logits, 'logits');
      checkNumbers(truth, 'truth');
      if (logits.length !== truth.length) {
        const message = `${logits.length} logits and a truth of ${truth.length} pixels.`;
        throw new ClipSegError('invalid-argument', message);
      }
      const counts = reading('The logits', () => countAll(logits, truth));
      all.push({ counts, category });
    },
    value() {
      if (all.length === 0)
        throw new ClipSegError('invalid-argument', 'There are no results yet; call add() first.');
      const counts = summed(all);
      return {
        ap: averagePrecision(counts),
        fgiou: curve(counts.map(foreground)),
        biniou: curve(counts.map((one) => 0.5 * foreground(one) + 0.5 * background(one))),
        miou: meanOverClasses(),
      };
    },
  };
}
