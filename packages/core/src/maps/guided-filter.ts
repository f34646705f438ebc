import type { RawImage } from '../contracts/image.js';
import type { MaskSize } from '../raster/mask.js';
import { boxMean } from './box-mean.js';
import { type Grid, sampleGrid } from './sample-grid.js';
import { type Axis, axis } from './upsample.js';

// The fast guided filter (He & Sun, Fast Guided Filter, 2015; He, Sun & Tang, Guided Image
// Filtering, 2013). In every window a linear function of the image's color is fitted to the scores.
// The functions are computed on a coarse grid, in time that does not depend on the window, and
// applied to the image at full size: edges of the image become edges of the scores.

export interface GuideOptions {
  /** Radius of the window, in source pixels. */
  readonly radius: number;
  /** Variance of colors (0..1) below which the image counts as flat. */
  readonly epsilon: number;
  readonly guide: 'color' | 'grey';
}

/** Half the window, in blocks of the grid: fewer would be too coarse, more would take more time. */
const REACH = 12;
/** Largest number of blocks: more would need more memory for 20 planes than the image takes. */
const MAX_BLOCKS = 2 ** 18;

/** Returns a grid on which the window has about `REACH` blocks on each side. */
export function gridFor({ width, height }: MaskSize, radius: number): Grid {
  const block = Math.max(1, radius / REACH, Math.sqrt((width * height) / MAX_BLOCKS));
  return [Math.ceil(height / block), Math.ceil(width / block)];
}

const LUMA = [0.299, 0.587, 0.114] as const;

/** Samples colors, 0..1, on the grid: three planes, or one if the image or the guide is grey. */
function guidePlanes(image: RawImage, grid: Grid, guide: GuideOptions['guide']): Float32Array[] {
  const { width, channels, data } = image;
  const row = (y: number) => data.subarray(y * width * channels, (y + 1) * width * channels);
  const plane = (offset: number) =>
    sampleGrid(image, grid, row, { step: channels, offset }).map((level) => level / 255);
  if (channels === 1) return [plane(0)];
  const [r, g, b] = [plane(0), plane(1), plane(2)];
  if (guide === 'color') return [r, g, b];
  return [r.map((red, i) => LUMA[0] * red + LUMA[1] * g[i]! + LUMA[2] * b[i]!)];
}

/** The fits of the windows: score = slopes * color + offset. */
interface Fit {
  /** One float32 plane per channel of the guide. */
  readonly slopes: Float32Array[];
  readonly offset: Float32Array;
}

/** Computes the covariance in windows: the mean of a product minus the product of the means. */
function covariance(
  [a, meanA]: readonly [Float32Array, Float32Array],
  [b, meanB]: readonly [Float32Array, Float32Array],
  mean: (plane: Float32Array) => Float32Array,
): Float32Array {
  const result = mean(a.map((value, i) => value * b[i]!));
  for (let i = 0; i < result.length; i++) {
    result[i] = result[i]! - meanA[i]! * meanB[i]!;
  }
  return result;
}

type Mean = (plane: Float32Array) => Float32Array;

function fitGrey(guide: Float32Array, scores: Float32Array, epsilon: number, mean: Mean): Fit {
  const [meanGuide, meanScores] = [mean(guide), mean(scores)];
  const slope = covariance([guide, meanGuide], [scores, meanScores], mean);
  const variance = covariance([guide, meanGuide], [guide, meanGuide], mean);
  for (let i = 0; i < slope.length; i++) {
    slope[i] = slope[i]! / (variance[i]! + epsilon);
  }
  const offset = meanScores.map((s, i) => s - slope[i]! * meanGuide[i]!);
  return { slopes: [slope], offset };
}

/** The same with three colors: a symmetric 3 x 3 system per window, solved by its adjugate. */
function fitColor(
  guide: readonly Float32Array[],
  scores: Float32Array,
  epsilon: number,
  mean: Mean,
): Fit {
  const own = guide.map((plane) => [plane, mean(plane)] as const) as [Pair, Pair, Pair];
  const [r, g, b] = own;
  const target: Pair = [scores, mean(scores)];
  const [rr, rg, rb] = [r, g, b].map((other) => covariance(r, other, mean)) as Triple;
  const [gg, gb, bb] = [covariance(g, g, mean), covariance(g, b, mean), covariance(b, b, mean)];
  const slopes = own.map((pair) => covariance(pair, target, mean)) as Triple;
  const offset = target[1];
  for (let i = 0; i < offset.length; i++) {
    const [a, d, f] = [rr[i]! + epsilon, gg[i]! + epsilon, bb[i]! + epsilon];
    const [u, v, w] = [rg[i]!, rb[i]!, gb[i]!];
    const [x, y, z] = [slopes[0][i]!, slopes[1][i]!, slopes[2][i]!];
    const [ad, ae, af] = [d * f - w * w, v * w - u * f, u * w - v * d];
    const [bd, be, ce] = [a * f - v * v, u * v - a * w, a * d - u * u];
    const scale = 1 / (a * ad + u * ae + v * af);
    const sr = (ad * x + ae * y + af * z) * scale;
    const sg = (ae * x + bd * y + be * z) * scale;
    const sb = (af * x + be * y + ce * z) * scale;
    slopes[0][i] = sr;
    slopes[1][i] = sg;
    slopes[2][i] = sb;
    offset[i] = offset[i]! - sr * r[1][i]! - sg * g[1][i]! - sb * b[1][i]!;
  }
  return { slopes, offset };
}

type Pair = readonly [plane: Float32Array, mean: Float32Array];
type Triple = [Float32Array, Float32Array, Float32Array];

/**
 * Filters scores, guided by an image.
 * @param scores probabilities on the grid, float32 [rows, columns], finite
 * @returns a function that writes row y at full size, float32 [width]; values may leave 0..1 a
 *   little
 */
export function guidedRows(
  image: RawImage,
  scores: Float32Array,
  grid: Grid,
  { radius, epsilon, guide }: GuideOptions,
): (y: number, into: Float32Array) => void {
  const reach = Math.max(1, Math.round((radius * grid[1]) / image.width));
  const mean: Mean = (plane) => boxMean(plane, grid, reach);
  const planes = guidePlanes(image, grid, guide);
  const fit =
    planes.length === 1
      ? fitGrey(planes[0]!, scores, epsilon, mean)
      : fitColor(planes, scores, epsilon, mean);
  const slopes = perLevel(fit.slopes, image.channels).map(mean);
  return applyFit(image, grid, [...slopes, mean(fit.offset)]);
}

/**
 * Converts slopes to levels (0..255) for every channel of the image; a grey guide has the slopes of
 * its brightness.
 */
function perLevel(slopes: readonly Float32Array[], channels: number): Float32Array[] {
  const [only] = slopes as [Float32Array];
  if (slopes.length === 1 && channels > 1)
    return LUMA.map((part) => only.map((s) => (s * part) / 255));
  return slopes.map((plane) => plane.map((s) => s / 255));
}

/** Source columns from `start` to `end` (not included) between two columns of the grid. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly left: number;
  readonly right: number;
  /** Weight of the right column at the start, and its increase per pixel. */
  readonly weight: number;
  readonly step: number;
}

function stretches(columns: number, width: number): Stretch[] {
  const { low, high, weight } = axis(columns, width);
  const result: Stretch[] = [];
  for (let start = 0, end = 1; end <= width; end++) {
    // The outermost pixels use only the outermost column: their weight stays at 0.
    const flat = weight[start] === 0 && weight[start + 1] === 0;
    const same = end < width && low[end] === low[start];
    if (same && (!flat || weight[end] === 0)) continue;
    const [left, right] = [low[start]!, high[start]!];
    const step = flat ? 0 : columns / width;
    result.push({ start, end, left, right, weight: weight[start]!, step });
    start = end;
  }
  return result;
}

/**
 * Returns slopes and offset at the start of a stretch, and their increase per pixel.
 */
function slopesAlong(lines: readonly Float64Array[], at: Stretch, into: Float64Array): void {
  for (let p = 0; p < lines.length; p++) {
    const [left, right] = [lines[p]![at.left]!, lines[p]![at.right]!];
    into[2 * p] = left + (right - left) * at.weight;
    into[2 * p + 1] = (right - left) * at.step;
  }
}

/** Blends two rows of a plane. */
function blendRows(
  plane: Float32Array,
  { low, high, weight }: Axis,
  y: number,
  into: Float64Array,
) {
  const [upper, lower] = [low[y]! * into.length, high[y]! * into.length];
  for (let i = 0; i < into.length; i++) {
    into[i] = plane[upper + i]! + (plane[lower + i]! - plane[upper + i]!) * weight[y]!;
  }
}

/**
 * Applies fits to every pixel, interpolated between the four nearest blocks. They change linearly
 * along a row from one block to the next, so that each costs one addition per pixel.
 * @param planes slopes per level of a channel (0..255), and the offset, float32 [rows, columns]
 */
function applyFit(
  { width, height, channels, data }: RawImage,
  [rows, columns]: Grid,
  planes: readonly Float32Array[],
): (y: number, into: Float32Array) => void {
  const across = stretches(columns, width);
  const down = axis(rows, height);
  const lines = planes.map(() => new Float64Array(columns));
  const fit = new Float64Array(2 * planes.length);
  const along = channels === 1 ? greyAlong : colorAlong;
  return (y, into) => {
    for (let p = 0; p < planes.length; p++) blendRows(planes[p]!, down, y, lines[p]!);
    const row = data.subarray(y * width * channels, (y + 1) * width * channels);
    for (const stretch of across) {
      slopesAlong(lines, stretch, fit);
      along(stretch, fit, row, channels, into);
    }
  };
}

type Levels = RawImage['data'];

function greyAlong(
  { start, end }: Stretch,
  fit: Float64Array,
  row: Levels,
  _: number,
  into: Float32Array,
) {
  let [slope, offset] = [fit[0]!, fit[2]!];
  const [slopeStep, offsetStep] = [fit[1]!, fit[3]!];
  for (let x = start; x < end; x++) {
    into[x] = offset + slope * row[x]!;
    slope += slopeStep;
    offset += offsetStep;
  }
}

function colorAlong(
  { start, end }: Stretch,
  fit: Float64Array,
  row: Levels,
  channels: number,
  into: Float32Array,
): void {
  let [r, g, b, offset] = [fit[0]!, fit[2]!, fit[4]!, fit[6]!];
  const [rStep, gStep, bStep, offsetStep] = [fit[1]!, fit[3]!, fit[5]!, fit[7]!];
  for (let x = start, i = start * channels; x < end; x++, i += channels) {
    into[x] = offset + r * row[i]! + g * row[i + 1]! + b * row[i + 2]!;
    r += rStep;
    g += gStep;
    b += bStep;
    offset += offsetStep;
  }
}
