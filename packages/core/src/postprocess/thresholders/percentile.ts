import type { Thresholder } from '../../contracts/post-processor.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { edgeAbove, pixelCount } from '../distribution.js';
import { type AdaptiveOptions, adaptive } from './adaptive.js';

export interface PercentileOptions extends AdaptiveOptions {
  /** Percentage of pixels that are outside the mask, 0 to 100. */
  readonly percent: number;
}

/** Cuts so that a given share of the image is outside. */
export function percentile(given: PercentileOptions): Thresholder<PercentileOptions> {
  const options = checkOptions(given, 'percentile');
  const percent = checkRange(options.percent, 'percentile: percent', 0, 100);
  return adaptive('percentile', options, (distribution) =>
    edgeAbove(distribution, pixelCount(distribution) * (1 - percent / 100)),
  );
}
