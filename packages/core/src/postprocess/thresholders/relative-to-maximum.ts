import type { Thresholder } from '../../contracts/post-processor.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { binCenters } from '../distribution.js';
import { type AdaptiveOptions, adaptive } from './adaptive.js';

export interface RelativeOptions extends AdaptiveOptions {
  /** Share of the highest probability, 0 to 1. Default 0.5. */
  readonly share?: number;
}

/** Cuts at a share of the highest probability in the image. */
export function relativeToMaximum(given: RelativeOptions = {}): Thresholder<RelativeOptions> {
  const { share = 0.5, ...options } = checkOptions(given, 'relativeToMaximum');
  checkRange(share, 'relativeToMaximum: share');
  return adaptive('relativeToMaximum', { share, ...options }, (distribution) => {
    const highest = distribution.counts.findLastIndex((count) => count > 0);
    return share * binCenters(distribution)[highest]!;
  });
}
