import type { Thresholder } from '../../contracts/post-processor.js';
import { checkOptions, checkRange, listed } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { showValue } from '../../util/show-value.js';
import { defineThresholder } from '../define.js';

export interface PerLabelOptions {
  /** Probabilities, 0 to 1, by label. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Probability for all other labels, 0 to 1. Without it, any other label is an error. */
  readonly threshold?: number;
}

function checkThresholds(thresholds: unknown): Readonly<Record<string, number>> {
  if (!isRecord(thresholds)) {
    throw new ClipSegError(
      'invalid-argument',
      `perLabel: thresholds is ${showValue(thresholds)}, not an object of numbers by label.`,
    );
  }
  const checked = checkOptions(thresholds, 'perLabel: thresholds');
  for (const [label, value] of Object.entries(checked)) {
    checkRange(value, `perLabel: thresholds: ${listed([label])}`);
  }
  return checked as Record<string, number>;
}

/**
 * Cuts each segment at the threshold of its label. Takes what `calibrate` of
 * `@clipseg/core/evaluation` returns.
 * @throws ClipSegError `invalid-argument`
 */
export function perLabel(options: PerLabelOptions): Thresholder<PerLabelOptions> {
  const { thresholds: given, threshold } = checkOptions(options, 'perLabel');
  const thresholds = checkThresholds(given);
  if (threshold !== undefined) checkRange(threshold, 'perLabel: threshold');
  return defineThresholder({
    name: 'perLabel',
    options: { thresholds, threshold },
    level({ label }) {
      const value = Object.hasOwn(thresholds, label) ? thresholds[label] : threshold;
      if (value !== undefined) return value;
      const labels = listed(Object.keys(thresholds));
      throw new ClipSegError(
        'invalid-argument',
        `perLabel has no threshold for ${showValue(label)}, only for ${labels}.`,
      );
    },
  });
}
