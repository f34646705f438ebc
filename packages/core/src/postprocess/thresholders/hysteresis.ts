import type { Thresholder } from '../../contracts/post-processor.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { defineThresholder } from '../define.js';

export interface HysteresisOptions {
  /** Probability of faint pixels, 0 to 1. Default 0.3. */
  readonly low?: number;
  /** Probability of certain pixels, 0 to 1, not below `low`. Default 0.6. */
  readonly high?: number;
}

/**
 * Keeps pixels above `low` that are connected to a pixel above `high`: faint parts of certain
 * objects, but no objects that are only faint (Canny 1986).
 */
export function hysteresis(options: HysteresisOptions = {}): Thresholder<HysteresisOptions> {
  const { low = 0.3, high = 0.6 } = checkOptions(options, 'hysteresis');
  checkRange(low, 'hysteresis: low');
  checkRange(high, 'hysteresis: high', low);
  return defineThresholder({
    name: 'hysteresis',
    options: { low, high },
    level: () => ({ low, high }),
  });
}
