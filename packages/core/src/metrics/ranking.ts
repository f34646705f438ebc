import { checkList, checkNumber } from '../util/check.js';

/** @throws ClipSegError `invalid-argument` unless all are numbers; infinite numbers are ranked */
function checkScores(scores: readonly number[], name: string): void {
  const list = checkList(scores, name);
  for (const [i, score] of list.entries()) {
    // NaN cannot be ranked.
    if (typeof score !== 'number' || Number.isNaN(score))
      checkNumber(score, `${name}: number ${i}`);
  }
}

/** Returns the share of values that pass a test; 0 for no values. */
const share = (values: readonly number[], holds: (value: number) => boolean): number =>
  values.length === 0 ? 0 : values.filter(holds).length / values.length;

/**
 * Computes the area under the ROC curve: how often a positive scores above a negative; a tie counts
 * half. NaN when there are no positives or no negatives.
 * @throws ClipSegError `invalid-argument`
 */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  // Ranks instead of pairs take n log n. Equal scores get the mean of their ranks (Mann, Whitney).
  checkScores(positives, 'positives');
  checkScores(negatives, 'negatives');
  const all = [...positives.map((score) => ({ score, positive: true }))];
  all.push(...negatives.map((score) => ({ score, positive: false })));
  all.sort((a, b) => a.score - b.score);
  let sum = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.score === all[start]?.score) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if (all[i]?.positive) sum += rank;
    start = end;
  }
  const [p, n] = [positives.length, negatives.length];
  return (sum - (p * (p + 1)) / 2) / (p * n);
}

/** Error rates of a threshold on scores. */
export interface OperatingPoint {
  readonly threshold: number;
  /** Share of the positives at or below the threshold. */
  readonly missed: number;
  /** Share of the negatives above it. */
  readonly imagined: number;
}

export const operatingPoint = (
  positives: readonly number[],
  negatives: readonly number[],
  threshold: number,
): OperatingPoint => ({
  threshold,
  missed: share(positives, (score) => score <= threshold),
  imagined: share(negatives, (score) => score > threshold),
});

/** Finds the threshold with the smallest sum of both error rates (Youden's). */
export function bestOperatingPoint(
  positives: readonly number[],
  negatives: readonly number[],
): OperatingPoint {
  checkScores(positives, 'positives');
  checkScores(negatives, 'negatives');
  const points = [...positives, ...negatives].map((t) => operatingPoint(positives, negatives, t));
  const none = operatingPoint(positives, negatives, Number.NEGATIVE_INFINITY);
  return points.reduce((a, b) => (b.missed + b.imagined < a.missed + a.imagined ? b : a), none);
}
