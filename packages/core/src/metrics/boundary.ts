import { distances } from '../raster/distance.js';
import { checkMask, type MaskSize } from '../raster/mask.js';
import { checkNumber, checkOptions } from '../util/check.js';
import { IGNORED } from './confusion.js';

/** Pixels inside that have a neighbour (of four) outside; the picture's edge is no boundary. */
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

/** Which part of a boundary lies within reach of the other. */
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
   * How far apart boundaries may be, in pixels. Default: 0.8 % of the diagonal, as DAVIS has it.
   */
  readonly tolerance?: number;
}

/**
 * Boundary F: the harmonic mean of the part of the mask's boundary that is near the truth's, and of
 * the truth's that is near the mask's (Martin et al. 2004; Perazzi et al., DAVIS, 2016). Two masks
 * without a boundary agree.
 * @param mask uint8 [height, width], 1 inside
 * @param truth likewise, may hold `IGNORED`, which is taken as outside
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
