import { checkNumber, checkOneOf, checkOptions } from '../util/check.js';
import { checkMask, type MaskSize } from './mask.js';

// Euclidean distances in linear time: first along the columns, then along the rows, where every
// pixel is the foot of a parabola and the lowest parabola counts (Felzenszwalb & Huttenlocher,
// Distance Transforms of Sampled Functions, 2012). A threshold gives discs of any radius.

type Rows = Uint8Array | Uint16Array | Uint32Array;

/**
 * Measures the distance to the nearest marked pixel above or below, in whole pixels.
 * @param inside whether the pixels inside the mask are marked, or those outside
 * @param cap replaces greater distances, and those in columns without a marked pixel
 * @returns [height, width], in the smallest type that holds the cap
 */
function columnDistances(
  mask: Uint8Array,
  { width, height }: MaskSize,
  inside: boolean,
  cap: number,
): Rows {
  const Kind = cap < 256 ? Uint8Array : cap < 65536 ? Uint16Array : Uint32Array;
  const distances = new Kind(mask.length);
  for (let i = 0; i < width; i++) distances[i] = (mask[i] !== 0) === inside ? 0 : cap;
  for (let i = width; i < mask.length; i++) {
    if ((mask[i] !== 0) === inside) continue;
    const above = distances[i - width]!;
    distances[i] = above < cap ? above + 1 : cap;
  }
  for (let i = width * (height - 1) - 1; i >= 0; i--) {
    const below = distances[i + width]! + 1;
    if (below < distances[i]!) distances[i] = below;
  }
  return distances;
}

/** Working space for the parabolas of one row. */
interface Envelope {
  /** The feet of the envelope's parabolas. */
  readonly feet: Int32Array;
  /** The column from which each parabola is the lowest. */
  readonly from: Float64Array;
}

/**
 * @param squares the squared column distances of a row, Infinity in columns without a marked pixel
 * @param into receives the squared distances in the plane
 */
function lowerEnvelope(squares: Float64Array, into: Float64Array, { feet, from }: Envelope): void {
  const width = squares.length;
  let last = -1;
  for (let x = 0; x < width; x++) {
    const square = squares[x]!;
    if (square === Number.POSITIVE_INFINITY) continue;
    let start = Number.NEGATIVE_INFINITY;
    for (; last >= 0; last--) {
      const foot = feet[last]!;
      start = (square + x * x - squares[foot]! - foot * foot) / (2 * (x - foot));
      if (start > from[last]!) break;
      start = Number.NEGATIVE_INFINITY;
    }
    feet[++last] = x;
    from[last] = start;
  }
  if (last < 0) {
    into.fill(Number.POSITIVE_INFINITY);
    return;
  }
  for (let x = 0, k = 0; x < width; x++) {
    while (k < last && from[k + 1]! < x) k++;
    const foot = feet[k]!;
    into[x] = squares[foot]! + (x - foot) * (x - foot);
  }
}

export interface DistanceOptions {
  /** Whether to measure the distance to pixels inside the mask (default) or outside. */
  readonly to?: 'inside' | 'outside';
}

/**
 * Computes squared distances row by row from the top, so that they are never in memory whole.
 * @param visit gets float64 [width], which the next row overwrites; all Infinity if no pixel is
 *   marked
 */
export function eachDistanceRow(
  mask: Uint8Array,
  size: MaskSize,
  { to = 'inside' }: DistanceOptions,
  visit: (y: number, squared: Float64Array) => void,
): void {
  const { width, height } = size;
  const none = height; // longer than any distance within a column
  const columns = columnDistances(mask, size, to === 'inside', none);
  const squares = new Float64Array(width);
  const row = new Float64Array(width);
  const envelope = { feet: new Int32Array(width), from: new Float64Array(width) };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = columns[y * width + x]!;
      squares[x] = distance === none ? Number.POSITIVE_INFINITY : distance * distance;
    }
    lowerEnvelope(squares, row, envelope);
    visit(y, row);
  }
}

/**
 * Measures the distance from the center of every pixel to that of the nearest pixel inside (or
 * outside), in pixels.
 * @param mask uint8 [height, width], inside where not 0
 * @returns float32 [height, width]; all Infinity if there is no such pixel
 * @throws ClipSegError `invalid-argument`
 */
export function distances(
  mask: Uint8Array,
  size: MaskSize,
  options: DistanceOptions = {},
): Float32Array {
  checkMask(mask, size);
  const { to = 'inside' } = checkOptions(options, 'distances');
  checkOneOf(to, 'to', ['inside', 'outside']);
  const result = new Float32Array(mask.length);
  eachDistanceRow(mask, size, { to }, (y, squared) => {
    const start = y * size.width;
    for (let x = 0; x < size.width; x++) result[start + x] = Math.sqrt(squared[x]!);
  });
  return result;
}

/**
 * Marks pixels at most `reaches[d]` to the left or right of a pixel with the column distance d.
 */
function spread(columns: Rows, start: number, reaches: Int32Array, row: Uint8Array): void {
  const width = row.length;
  row.fill(0);
  for (let x = 0, end = -1; x < width; x++) {
    const reach = x + reaches[columns[start + x]!]!;
    if (reach > end) end = reach;
    if (x <= end) row[x] = 1;
  }
  for (let x = width - 1, end = width; x >= 0; x--) {
    const reach = x - reaches[columns[start + x]!]!;
    if (reach < end) end = reach;
    if (x >= end) row[x] = 1;
  }
}

/**
 * Grows a mask by a disc: adds pixels whose center is at most `radius` from the center of a pixel
 * inside. The time does not depend on the radius.
 * @param mask uint8 [height, width], inside where not 0
 * @param radius in pixels, from 0
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export function dilate(mask: Uint8Array, size: MaskSize, radius: number): Uint8Array {
  return grown(checkMask(mask, size), size, checkNumber(radius, 'radius'), true);
}

/**
 * Shrinks a mask by a disc: keeps pixels that are more than `radius` from the nearest pixel
 * outside. Beyond the edge of the image there are no pixels outside, so the mask does not shrink
 * there.
 * @param mask uint8 [height, width], inside where not 0
 * @param radius in pixels, from 0
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export function erode(mask: Uint8Array, size: MaskSize, radius: number): Uint8Array {
  const outside = grown(checkMask(mask, size), size, checkNumber(radius, 'radius'), false);
  for (let i = 0; i < outside.length; i++) outside[i] = outside[i]! ^ 1;
  return outside;
}

function grown(mask: Uint8Array, size: MaskSize, radius: number, inside: boolean): Uint8Array {
  const { width, height } = size;
  const result = new Uint8Array(mask.length);
  const tall = Math.min(height, Math.floor(radius) + 1); // greater column distances do not matter
  const columns = columnDistances(mask, size, inside, tall);
  const reaches = Int32Array.from({ length: tall + 1 }, (_, d) =>
    d <= radius && d < height
      ? Math.min(width, Math.floor(Math.sqrt(radius * radius - d * d)))
      : -1,
  );
  for (let y = 0; y < height; y++) {
    spread(columns, y * width, reaches, result.subarray(y * width, (y + 1) * width));
  }
  return result;
}
