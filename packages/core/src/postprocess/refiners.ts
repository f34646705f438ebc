import type { Refiner } from '../contracts/post-processor.js';
import { checkRawImage } from '../image/raw-image.js';
import { gridFor, guidedRows } from '../maps/guided-filter.js';
import { sampleGrid } from '../maps/sample-grid.js';
import { checkScores, quantizedScores, quickProbability } from '../maps/scores.js';
import type { MaskSize } from '../raster/mask.js';
import { checkNumber, checkOneOf, checkOptions, reading } from '../util/check.js';

export interface GuidedOptions {
  /**
   * Of the window, in source pixels: about how far the scores' edge may be from the picture's.
   * Default: 1/30 of the picture's side (of the square of its area).
   */
  readonly radius?: number;
  /**
   * Variance of colors (0..1) below which the picture has no edge to follow. Smaller values follow
   * fainter edges. Default 1e-3.
   */
  readonly epsilon?: number;
  /**
   * Whether edges of color count, or only those of brightness, in half the time. Default `color`.
   */
  readonly guide?: 'color' | 'grey';
}

const defaultRadius = ({ width, height }: MaskSize): number =>
  Math.max(1, Math.sqrt(width * height) / 30);

/**
 * The fast guided filter (He & Sun 2015), led by the picture at full resolution, in linear time
 * whatever the radius. Works on probabilities, and takes 2 bytes a source pixel for them.
 * @throws ClipSegError `invalid-argument`
 */
export function guided(options: GuidedOptions = {}): Refiner & GuidedOptions {
  const { radius, epsilon = 1e-3, guide = 'color' } = checkOptions(options, 'guided');
  if (radius !== undefined) checkNumber(radius, 'guided: radius', 1);
  checkNumber(epsilon, 'guided: epsilon', 1e-8);
  checkOneOf(guide, 'guided: guide', ['color', 'grey']);
  return {
    name: 'guided',
    radius,
    epsilon,
    guide,
    refine(scores, image) {
      checkScores(
        scores,
        reading('The picture', () => checkRawImage(image)),
      );
      const own = radius ?? defaultRadius(image);
      const grid = gridFor(image, own);
      const coarse = reading('The scores', () =>
        sampleGrid(image, grid, (y) => scores.row(y)).map((score) =>
          quickProbability(score, scores.scale),
        ),
      );
      return quantizedScores(
        image,
        guidedRows(image, coarse, grid, { radius: own, epsilon, guide }),
      );
    },
  };
}
