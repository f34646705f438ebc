import type { PostProcessor } from '../../contracts/post-processor.js';
import { aboveProbability } from '../../maps/scores.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { bandAlpha } from '../alpha.js';
import { definePostProcessor } from '../define.js';
import { withMask } from './draft.js';

export interface BandOptions {
  /** Probability that is not inside at all, 0..1. Default 0.3. */
  readonly min?: number;
  /** Probability that is all inside, 0..1, above `min`. Default 0.7. */
  readonly max?: number;
}

/**
 * A soft cut: an alpha that rises from `min` to `max`; the mask is cut half-way.
 * @throws ClipSegError `invalid-argument`
 */
export function band(options: BandOptions = {}): PostProcessor<BandOptions> {
  const { min = 0.3, max = 0.7 } = checkOptions(options, 'band');
  checkRange(min, 'min');
  checkRange(max, 'max');
  if (min >= max) {
    throw new ClipSegError('invalid-argument', `min is ${min}, not below max, ${max}.`);
  }
  return definePostProcessor({
    name: 'band',
    options: { min, max },
    apply(draft) {
      const threshold = (min + max) / 2;
      const alpha = bandAlpha(draft.scores, min, max);
      return { ...withMask(draft, aboveProbability(draft.scores, threshold)), threshold, alpha };
    },
  });
}
