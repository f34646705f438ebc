import { checkCount, checkOptions, listed, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import type { Evaluation } from './evaluate.js';

/** The best thresholds of an evaluation. */
export interface Calibration {
  /** Probability; applies to categories that `thresholds` does not name. */
  readonly threshold: number;
  /** Probability, by category. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Presence threshold, a probability; missing when no prompt asked for an absent object. */
  readonly presence?: number;
}

export interface CalibrateOptions {
  /** The kind of prompts to calibrate for. Default: the first. */
  readonly kind?: string;
  /** Examples that a category needs for its threshold; others share one. Default 5. */
  readonly minExamples?: number;
}

/**
 * Finds the thresholds with the best IoU of all pixels together, and the presence threshold with
 * the smallest sum of both error rates.
 * @throws ClipSegError `invalid-argument` for an unknown kind, listing the known ones
 */
export function calibrate(evaluation: Evaluation, options: CalibrateOptions = {}): Calibration {
  const { kind, minExamples = 5 } = checkOptions(options, 'calibrate');
  checkCount(minExamples, 'minExamples', 0);
  return reading('The evaluation', () => calibrationOf(evaluation.kinds, kind, minExamples));
}

function calibrationOf(
  kinds: Evaluation['kinds'],
  kind: string | undefined,
  minExamples: number,
): Calibration {
  const scores = kinds.find((one) => kind === undefined || one.kind === kind);
  if (!scores) {
    const names = listed(kinds.map((one) => one.kind));
    throw new ClipSegError(
      'invalid-argument',
      `There is no kind ${listed([kind])}, only ${names}.`,
    );
  }
  const enough = scores.categories.filter(({ count }) => count >= minExamples);
  const thresholds = enough.map(({ category, best }) => [category, best.threshold] as const);
  return {
    threshold: scores.best.threshold,
    thresholds: Object.fromEntries(thresholds),
    presence: scores.presence?.threshold,
  };
}
