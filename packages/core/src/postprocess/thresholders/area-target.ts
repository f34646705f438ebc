import type { Thresholder } from '../../contracts/post-processor.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { edgeAbove, pixelCount } from '../distribution.js';
import { type AdaptiveOptions, adaptive } from './adaptive.js';

export interface AreaOptions extends AdaptiveOptions {
  /** Area as a share of the image, 0 to 1; or give `pixels`. */
  readonly share?: number;
  /** Area in source pixels. */
  readonly pixels?: number;
}

/** Cuts so that the mask has the given area, or as little less as the scores allow. */
export function areaTarget(given: AreaOptions): Thresholder<AreaOptions> {
  const options = checkOptions(given, 'areaTarget');
  const { share, pixels } = options;
  if ((share === undefined) === (pixels === undefined)) {
    throw new ClipSegError('invalid-argument', 'areaTarget takes either share or pixels.');
  }
  if (share !== undefined) checkRange(share, 'areaTarget: share');
  else checkRange(pixels, 'areaTarget: pixels', 0, Number.MAX_SAFE_INTEGER);
  return adaptive('areaTarget', options, (distribution) =>
    edgeAbove(distribution, pixels ?? share! * pixelCount(distribution)),
  );
}
