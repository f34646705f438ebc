import type { Distribution, Thresholder } from '../../contracts/post-processor.js';
import { binCenters } from '../distribution.js';
import { type AdaptiveOptions, adaptive } from './adaptive.js';

const BINS = 256;

/** Counts in 256 even bins of probability. */
function evenBins(distribution: Distribution): Float64Array {
  const result = new Float64Array(BINS);
  for (const [i, value] of binCenters(distribution).entries()) {
    const bin = Math.min(BINS - 1, Math.floor(value * BINS));
    result[bin] = result[bin]! + distribution.counts[i]!;
  }
  return result;
}

/**
 * Cuts where the histogram is furthest below the line from its peak to its far end: for small
 * objects on a large background (Zack et al. 1977).
 */
export function triangle(options: AdaptiveOptions = {}): Thresholder<AdaptiveOptions> {
  return adaptive('triangle', options, (distribution) => {
    const counts = evenBins(distribution);
    const first = counts.findIndex((count) => count > 0);
    const last = counts.findLastIndex((count) => count > 0);
    const peak = counts.indexOf(counts.reduce((a, b) => Math.max(a, b), 0));
    const end = peak - first > last - peak ? first : last;
    if (end === peak) return 0.5; // all pixels have the same value
    const rise = (counts[end]! - counts[peak]!) / (end - peak);
    let [best, at] = [-1, peak];
    for (let i = peak; i !== end; i += Math.sign(end - peak)) {
      const below = counts[peak]! + rise * (i - peak) - counts[i]!;
      if (below > best) [best, at] = [below, i];
    }
    return (at + (end > peak ? 1 : 0)) / BINS;
  });
}
