import { distances } from '../raster/distance.js';
import { checkMask, type MaskSize } from '../raster/mask.js';
import { checkNumber, checkOptions } from '../util/check.js';
import { IGNORED } from './confusion.js';

/**
 * Marks pixels inside the mask that have one of their four neighbors outside. The edge of the image
 * is not a boundary.
 */
function boundaryOf(mask: Uint8Array, { width, height }: MaskSize): Uint8Array {
  const inside = (i: number): boolean => mask[i] !== 0 && mask[i] !== IGNORED;
  const boundary = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (!inside(i)) continue;
      const edge =
        (x > 0 && !inside(i - 1)) ||
        (x < width - 1 && !inside(i + 1)) ||
        (y > 0 && !inside(i - width)) ||
        (y < height - 1 && !inside(i + width));
      if (edge) boundary[i] = 1;
    }
  }
  return boundary;
}

/** Returns the share of a boundary that lies within `tolerance` of the other boundary. */
function matched(boundary: Uint8Array, distance: Float32Array, reach: number): number {
  let [count, near] = [0, 0];
  for (let i = 0; i < boundary.length; i++) {
    if (!boundary[i]) continue;
    count++;
    if (distance[i]! <= reach) near++;
  }
  return count === 0 ? 0 : near / count;
}

export interface BoundaryOptions {
  /**
   * Largest distance between boundaries that match, in pixels. Default: 0.8 % of the diagonal, as
   * in DAVIS.
   */
  readonly tolerance?: number;
}

/**
 * Computes boundary F: the harmonic mean of two shares, that of the mask's boundary near the
 * truth's and that of the truth's near the mask's (Martin et al. 2004; Perazzi et al., DAVIS,
 * 2016). Two masks without a boundary score 1.
 * @param mask uint8 [height, width], 1 inside
 * @param truth uint8 [height, width]; `IGNORED` counts as outside
 * @throws ClipSegError `invalid-argument`
 */
export function boundaryF(
  mask: Uint8Array,
  truth: Uint8Array,
  size: MaskSize,
  options: BoundaryOptions = {},
): number {
  const own = boundaryOf(checkMask(mask, size), size);
  const { tolerance = 0.008 * Math.hypot(size.width, size.height) } = checkOptions(
    options,
    'boundaryF',
  );
  checkNumber(tolerance, 'tolerance');
  const right = boundaryOf(checkMask(truth, size, 'truth'), size);
  const [any, anyRight] = [own.includes(1), right.includes(1)];
  if (!any || !anyRight) return any === anyRight ? 1 : 0;
  const precision = matched(own, distances(right, size), tolerance);
  const recall = matched(right, distances(own, size), tolerance);
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
