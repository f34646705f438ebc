import { checkList, checkNumber } from '../util/check.js';

/** @throws ClipSegError `invalid-argument` unless all are numbers; infinite ones are ranked too */
function checkScores(scores: readonly number[], name: string): void {
  const list = checkList(scores, name);
  for (const [i, score] of list.entries()) {
    // Nothing is before or after NaN.
    if (typeof score !== 'number' || Number.isNaN(score))
      checkNumber(score, `${name}: number ${i}`);
  }
}

/** Share of values for which something holds; 0 of none. */
const share = (values: readonly number[], holds: (value: number) => boolean): number =>
  values.length === 0 ? 0 : values.filter(holds).length / values.length;

/**
 * Area under the ROC curve: how often a positive scores above a negative; a tie counts half. NaN
 * where one kind is missing.
 * @throws ClipSegError `invalid-argument`
 */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  // Ranks instead of pairs: n log n. Equal scores share the mean of their ranks (Mann and Whitney).
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

/** What a threshold on scores gets wrong. */
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

/** The threshold at which the two error rates together are smallest (Youden's). */
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
