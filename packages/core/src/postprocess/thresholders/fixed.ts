import type { Thresholder } from '../../contracts/post-processor.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { defineThresholder } from '../define.js';

export interface FixedOptions {
  /** Probability, 0 to 1. Default 0.5. */
  readonly value?: number;
}

/** Cuts all segments at the same probability. */
export function fixed(options: FixedOptions = {}): Thresholder<FixedOptions> {
  const { value = 0.5 } = checkOptions(options, 'fixed');
  checkRange(value, 'threshold');
  return defineThresholder({ name: 'fixed', options: { value }, level: () => value });
}
