import { checkCount, checkOptions, listed, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import type { Evaluation } from './evaluate.js';

/** Thresholds that a run found to be best. */
export interface Calibration {
  /** Probability; for prompts that are not named below. */
  readonly threshold: number;
  /** Probability, by category. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Of the presence score, a probability; absent where no prompt was for something that is not there. */
  readonly presence?: number;
}

export interface CalibrateOptions {
  /** Which kind of prompts counts. Default: the first. */
  readonly kind?: string;
  /** Categories with fewer examples have no threshold of their own. Default 5. */
  readonly minExamples?: number;
}

/**
 * The thresholds with the best IoU of all pixels together, and the presence threshold with the
 * smallest sum of both error rates.
 * @throws ClipSegError `invalid-argument` naming the kinds there are
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
