import type { Distribution, Thresholder } from '../../contracts/post-processor.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { defineThresholder } from '../define.js';

/** Options of all thresholders that look at the scores. */
export interface AdaptiveOptions {
  /**
   * Lowest threshold, a probability. An adaptive method finds a threshold even where nothing
   * matches the prompt; this floor keeps such masks empty. Default 0.
   */
  readonly least?: number;
}

/** Makes a thresholder from a function of the distribution of probabilities. */
export function adaptive<Options extends AdaptiveOptions>(
  name: string,
  given: Options,
  level: (distribution: Distribution) => number,
): Thresholder<Options> {
  const { least = 0, ...rest } = checkOptions(given, name);
  checkRange(least, `${name}: least`);
  return defineThresholder({
    name,
    options: { ...rest, least } as unknown as Options,
    level: ({ distribution }) => Math.max(least, level(distribution())),
  });
}
