import type { RawImage } from '../contracts/image.js';
import type { ScoreMap } from '../contracts/post-processor.js';
import { checkRawImage } from '../image/raw-image.js';
import { gridFor, guidedRows } from '../maps/guided-filter.js';
import { sampleGrid } from '../maps/sample-grid.js';
import { checkScores, quickProbability } from '../maps/scores.js';
import { eachDistanceRow } from '../raster/distance.js';
import { checkMask, type MaskSize } from '../raster/mask.js';
import { checkNumber, checkOptions, checkRange, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';

// An alpha is how much of a pixel is inside: uint8 [height, width], 255 for all of it.

/**
 * Computes an alpha that rises linearly between two probabilities, from 0 to 255.
 * @param min probability, 0..1, below `max`
 * @returns uint8 [height, width]
 * @throws ClipSegError `invalid-argument`
 */
export function bandAlpha(scores: ScoreMap, min: number, max: number): Uint8Array {
  checkScores(scores);
  if (checkRange(min, 'min') >= checkRange(max, 'max')) {
    throw new ClipSegError('invalid-argument', `min is ${min}, not below max, ${max}.`);
  }
  return reading('The scores', () => bandOf(scores, min, max));
}

function bandOf(scores: ScoreMap, min: number, max: number): Uint8Array {
  const { width, height, scale } = scores;
  const alpha = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = scores.row(y);
    for (let x = 0; x < width; x++, i++) {
      const share = (quickProbability(row[x]!, scale) - min) / (max - min);
      alpha[i] = share <= 0 ? 0 : share >= 1 ? 255 : share * 255 + 0.5;
    }
  }
  return alpha;
}

/** A smooth step that is flat at both ends. */
const smoothstep = (t: number): number => t * t * (3 - 2 * t);

/**
 * Computes a soft edge around a mask's outline, by the distance from it.
 * @param mask uint8 [height, width], inside where not 0
 * @param radius pixels on each side of the outline
 * @returns uint8 [height, width]
 * @throws ClipSegError `invalid-argument`
 */
export function featherAlpha(mask: Uint8Array, size: MaskSize, radius: number): Uint8Array {
  checkMask(mask, size);
  checkNumber(radius, 'radius');
  const alpha = mask.map((value) => (value ? 255 : 0));
  if (radius === 0) return alpha;
  for (const [to, sign] of [
    ['outside', 1],
    ['inside', -1],
  ] as const) {
    eachDistanceRow(mask, size, { to }, (y, squared) => {
      for (let x = 0, i = y * size.width; x < size.width; x++, i++) {
        if ((mask[i] !== 0) !== (to === 'outside')) continue;
        // The outline is half a pixel before the center of the first pixel on the other side.
        const distance = Math.sqrt(squared[x]!) - 0.5;
        if (distance < radius) {
          alpha[i] = Math.round(255 * smoothstep(0.5 + (sign * distance) / (2 * radius)));
        }
      }
    });
  }
  return alpha;
}

export interface MatteOptions {
  /**
   * Radius of the band around the outline in which the image decides, in source pixels. Default:
   * 1/100 of the image's side (of a square of the same area), at least 2.
   */
  readonly radius?: number;
  /** Variance of colors (0 to 1) below which the image counts as flat. Default 1e-5. */
  readonly epsilon?: number;
}

const defaultRadius = ({ width, height }: MaskSize): number =>
  Math.max(2, Math.sqrt(width * height) / 100);

/** @throws ClipSegError `invalid-argument` */
export function checkMatteOptions(options: MatteOptions, name: string) {
  const { radius, epsilon = 1e-5 } = checkOptions(options, name);
  if (radius !== undefined) checkNumber(radius, 'radius', 1);
  checkNumber(epsilon, 'epsilon', 1e-8);
  return { radius, epsilon };
}

/** Rounds nearly full and nearly empty pixels, so that no haze remains. */
const HAZE = 0.08;

/**
 * Computes the alpha matte of a mask: within a band around its outline, alpha follows hair and soft
 * edges of the image, by the guided filter (He, Sun & Tang 2013, 4.5).
 * @param mask uint8 [height, width], inside where not 0
 * @param image of the same size
 * @returns uint8 [height, width]
 * @throws ClipSegError `invalid-argument`, `invalid-image`
 */
export function matteAlpha(
  mask: Uint8Array,
  image: RawImage,
  options: MatteOptions = {},
): Uint8Array {
  const checked = checkMatteOptions(options, 'matteAlpha');
  const { width, height } = reading('The picture', () => checkRawImage(image));
  const { radius = defaultRadius(image), epsilon } = checked;
  checkMask(mask, image);
  const grid = gridFor(image, radius);
  const inside = (y: number) => mask.subarray(y * width, (y + 1) * width);
  const coverage = sampleGrid(image, grid, inside);
  const fill = guidedRows(image, coverage, grid, { radius, epsilon, guide: 'color' });
  const row = new Float32Array(width);
  const alpha = new Uint8Array(mask.length);
  for (let y = 0, i = 0; y < height; y++) {
    fill(y, row);
    for (let x = 0; x < width; x++, i++) {
      const share = (row[x]! - HAZE) / (1 - 2 * HAZE);
      alpha[i] = share <= 0 ? 0 : share >= 1 ? 255 : share * 255 + 0.5;
    }
  }
  return alpha;
}
