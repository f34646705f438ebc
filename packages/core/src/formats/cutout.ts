import type { Box, RawImage } from '../contracts/image.js';
import { checkRawImage } from '../image/raw-image.js';
import { boxMean } from '../maps/box-mean.js';
import { gridFor } from '../maps/guided-filter.js';
import { type Grid, sampleGrid } from '../maps/sample-grid.js';
import { createUpsampler } from '../maps/upsample.js';
import { boxOf } from '../raster/box-of.js';
import { checkMask, type MaskSize } from '../raster/mask.js';
import { checkNumber, checkOptions, reading } from '../util/check.js';
import { type Masked, maskOf } from './mask-of.js';
import { type Color, checkColor, emptyImage, type RgbaImage } from './picture.js';

export interface CutoutOptions {
  /**
   * Removes the background's color from partly selected pixels, so that there is no halo on another
   * background. Default true.
   */
  readonly decontaminate?: boolean;
  /** Margin in pixels around the selection, to which the image is cut. Default: the whole image. */
  readonly crop?: number;
  /** Opaque color of the background. Default: transparent. */
  readonly background?: Color;
}

// The foreground and background colors around a pixel are means of its surroundings, weighted by
// alpha and by 1 - alpha; the rest is explained by the color of the pixel itself (Forte,
// Approximate Fast Foreground Color Estimation, 2021).

/**
 * Radius of the surroundings, as a share of the square root of the image's area, and in pixels.
 */
const SURROUNDINGS = 1 / 40;
const LEAST_SURROUNDINGS = 8;
/** Weight of the wider surroundings, which matters where the near ones have little weight. */
const WIDER = 1e-3;

/** Exponent of the weights: pixels that belong almost entirely to one side count most. */
const pure = (share: number): number => share ** 4;

/** Computes a weighted mean color around every block: three float32 planes [rows, columns]. */
function weightedMeans(
  planes: readonly Float32Array[],
  weights: Float32Array,
  grid: Grid,
  reach: number,
): Float32Array[] {
  const mean = (plane: Float32Array): Float32Array => {
    const near = boxMean(plane, grid, reach);
    const wide = boxMean(plane, grid, 4 * reach);
    return near.map((value, i) => value + WIDER * wide[i]!);
  };
  const total = mean(weights);
  return planes.map((plane) => {
    const sums = mean(plane.map((value, i) => value * weights[i]!));
    return sums.map((sum, i) => sum / Math.max(1e-9, total[i]!));
  });
}

/** Writes the foreground's color to partly selected pixels. */
function decontaminated(result: RgbaImage, image: RawImage, alpha: Uint8Array): void {
  const { width, height, channels, data } = image;
  const radius = Math.max(LEAST_SURROUNDINGS, Math.sqrt(width * height) * SURROUNDINGS);
  const grid = gridFor(image, radius);
  const reach = Math.max(1, Math.round((radius * grid[1]) / width));
  const levels = (y: number) => data.subarray(y * width * channels, (y + 1) * width * channels);
  const offsets = channels === 1 ? [0, 0, 0] : [0, 1, 2];
  const planes = offsets.map((offset) =>
    sampleGrid(image, grid, levels, { step: channels, offset }),
  );
  const alphas = (y: number) => alpha.subarray(y * width, (y + 1) * width);
  const share = sampleGrid(image, grid, alphas).map((value) => value / 255);
  const stretch = (plane: Float32Array) => createUpsampler(plane, grid, [height, width]);
  const front = weightedMeans(planes, share.map(pure), grid, reach).map(stretch);
  const back = weightedMeans(
    planes,
    share.map((value) => pure(1 - value)),
    grid,
    reach,
  ).map(stretch);
  const [frontRow, backRow] = [new Float32Array(width), new Float32Array(width)];
  for (let y = 0; y < height; y++) {
    const own = alphas(y);
    if (!own.some((value) => value > 0 && value < 255)) continue;
    for (let c = 0; c < 3; c++) {
      front[c]?.row(y, frontRow);
      back[c]?.row(y, backRow);
      for (let x = 0; x < width; x++) {
        const a = own[x]! / 255;
        if (a === 0 || a === 1) continue;
        const at = 4 * (y * width + x) + c;
        const [f, b] = [frontRow[x]!, backRow[x]!];
        result.data[at] = f + a * (result.data[at]! - a * f - (1 - a) * b);
      }
    }
  }
}

/** Returns the box around opaque pixels with a margin; the whole image if there are none. */
function croppedBox(alpha: Uint8Array, size: MaskSize, margin: number): Box {
  const { width, height } = size;
  const box = boxOf(alpha, size);
  if (!box) return [0, 0, width, height];
  const [x0, y0, x1, y1] = box;
  return [
    Math.max(0, x0 - margin),
    Math.max(0, y0 - margin),
    Math.min(width, x1 + margin),
    Math.min(height, y1 + margin),
  ];
}

function cropped(image: RgbaImage, alpha: Uint8Array, margin: number): RgbaImage {
  const [x0, y0, x1, y1] = croppedBox(alpha, image, margin);
  const result = emptyImage({ width: x1 - x0, height: y1 - y0 });
  for (let y = y0; y < y1; y++) {
    const start = 4 * (y * image.width + x0);
    const row = image.data.subarray(start, start + 4 * result.width);
    result.data.set(row, 4 * (y - y0) * result.width);
  }
  return result;
}

/**
 * Cuts out the selected pixels, onto a transparent background or a color. Pixels that are not
 * selected keep nothing of the image, not even their color.
 * @param selected a segment; its `alpha`, uint8 [height, width] with 255 inside, goes before its
 *   mask
 * @throws ClipSegError `invalid-argument`, `invalid-image`
 */
export function cutout(
  image: RawImage,
  selected: Masked & { readonly alpha?: Uint8Array },
  options: CutoutOptions = {},
): RgbaImage {
  const { decontaminate = true, crop, background } = checkOptions(options, 'cutout');
  const { channels, data } = reading('The picture', () => checkRawImage(image));
  if (crop !== undefined) checkNumber(crop, 'crop');
  if (background) checkColor(background, 'background');
  const { alpha: soft } = checkOptions(selected, 'cutout');
  const mask = reading('The mask', () => maskOf(selected, image));
  const alpha = soft ? checkMask(soft, image, 'alpha') : mask.map((inside) => (inside ? 255 : 0));
  const result = emptyImage(image);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i] === 0) continue;
    const at = i * channels;
    result.data[4 * i] = data[at]!;
    result.data[4 * i + 1] = data[at + green]!;
    result.data[4 * i + 2] = data[at + blue]!;
    result.data[4 * i + 3] = alpha[i]!;
  }
  if (decontaminate && soft) decontaminated(result, image, alpha);
  if (background) putBehind(result, background);
  return crop === undefined ? result : cropped(result, alpha, Math.round(crop));
}

function putBehind({ data }: RgbaImage, background: Color): void {
  for (let i = 0; i < data.length; i += 4) {
    const share = data[i + 3]! / 255;
    for (let c = 0; c < 3; c++) {
      data[i + c] = data[i + c]! * share + background[c]! * (1 - share);
    }
    data[i + 3] = 255;
  }
}
