import type { Thresholder } from '../../contracts/post-processor.js';
import { binCenters } from '../distribution.js';
import { type AdaptiveOptions, adaptive } from './adaptive.js';

/** Cuts between the two groups of pixels that differ most (Otsu 1979). */
export function otsu(options: AdaptiveOptions = {}): Thresholder<AdaptiveOptions> {
  return adaptive('otsu', options, (distribution) => {
    const { counts, edges } = distribution;
    const values = binCenters(distribution);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const whole = counts.reduce((sum, count, i) => sum + count * values[i]!, 0);
    let [below, sum, best] = [0, 0, 0];
    // Between two separate groups, every threshold is equally good: take the middle one.
    let [first, last] = [edges.length - 1, edges.length - 1];
    for (let i = 0; i < counts.length; i++) {
      below += counts[i]!;
      sum += counts[i]! * values[i]!;
      if (below === 0 || below === total) continue;
      const apart = sum / below - (whole - sum) / (total - below);
      const between = below * (total - below) * apart * apart;
      if (between > best * (1 + 1e-12)) [best, first] = [between, i + 1];
      if (between >= best * (1 - 1e-12)) last = i + 1;
    }
    // All pixels have the same value: nothing stands out.
    if (best === 0) return 0.5;
    return (edges[first]! + edges[last]!) / 2;
  });
}
