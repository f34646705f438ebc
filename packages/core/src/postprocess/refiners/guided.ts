import type { Refiner } from '../../contracts/post-processor.js';
import { checkRawImage } from '../../image/raw-image.js';
import { gridFor, guidedRows } from '../../maps/guided-filter.js';
import { sampleGrid } from '../../maps/sample-grid.js';
import { checkScores, quantizedScores, quickProbability } from '../../maps/scores.js';
import type { MaskSize } from '../../raster/mask.js';
import { checkNumber, checkOneOf, checkOptions, reading } from '../../util/check.js';
import { defineRefiner } from '../define.js';

export interface GuidedOptions {
  /**
   * Radius of the window in source pixels: about how far an edge of the scores may be from the
   * edge in the image. Default: 1/30 of the image's side (of a square of the same area).
   */
  readonly radius?: number;
  /**
   * Variance of colors (0 to 1) below which the image counts as flat. Smaller values follow fainter
   * edges. Default 1e-3.
   */
  readonly epsilon?: number;
  /**
   * Follows edges of color, or only edges of brightness in half the time. Default `color`.
   */
  readonly guide?: 'color' | 'grey';
}

const defaultRadius = ({ width, height }: MaskSize): number =>
  Math.max(1, Math.sqrt(width * height) / 30);

/**
 * Makes scores follow the edges of the image at full resolution: the fast guided filter (He & Sun
 * 2015), in linear time for every radius. Takes 2 bytes per source pixel for probabilities.
 * @throws ClipSegError `invalid-argument`
 */
export function guided(options: GuidedOptions = {}): Refiner<GuidedOptions> {
  const { radius, epsilon = 1e-3, guide = 'color' } = checkOptions(options, 'guided');
  if (radius !== undefined) checkNumber(radius, 'guided: radius', 1);
  checkNumber(epsilon, 'guided: epsilon', 1e-8);
  checkOneOf(guide, 'guided: guide', ['color', 'grey']);
  return defineRefiner({
    name: 'guided',
    options: { radius, epsilon, guide },
    refine(scores, image) {
      checkScores(
        scores,
        reading('The picture', () => checkRawImage(image)),
      );
      const reach = radius ?? defaultRadius(image);
      const grid = gridFor(image, reach);
      const coarse = reading('The scores', () =>
        sampleGrid(image, grid, (y) => scores.row(y)).map((score) =>
          quickProbability(score, scores.scale),
        ),
      );
      return quantizedScores(
        image,
        guidedRows(image, coarse, grid, { radius: reach, epsilon, guide }),
      );
    },
  });
}
