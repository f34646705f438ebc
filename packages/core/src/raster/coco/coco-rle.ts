import { checkOptions, reading, valueIs } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { checkMask, checkSize, type MaskSize } from '../mask.js';
import { listOf } from '../runs.js';
import { compressRuns, expandRuns } from './coco-string.js';

// Run lengths of COCO's annotations and pycocotools. They follow the columns, but masks are stored
// by rows: so masks are read and written by the changes from one row to the next. Walking down the
// columns would miss the cache at every pixel.

/** Run lengths along the columns, alternately outside and inside, starting outside. */
export interface CocoRle {
  readonly size: readonly [height: number, width: number];
  /** The lengths, or pycocotools' string for them. */
  readonly counts: string | readonly number[];
}

/** Run lengths in the form of pycocotools' `encode`. */
export interface CompressedRle extends CocoRle {
  readonly counts: string;
}

/** Run lengths in the form of annotations with `iscrowd`. */
export interface UncompressedRle extends CocoRle {
  readonly counts: readonly number[];
}

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', `The COCO RLE ${what}.`);
};

/**
 * Finds the changes of a mask along its columns, as sorted positions in column-major order. The
 * first is the first pixel inside.
 */
function changes(mask: Uint8Array, { width, height }: MaskSize): Int32Array {
  const found = listOf();
  const begins = new Int32Array(width + 1);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      // The pixel before the first row is the last one of the column to the left.
      const above = y > 0 ? row + x - width : x > 0 ? (height - 1) * width + x - 1 : -1;
      if ((mask[row + x] !== 0) === (above >= 0 && mask[above] !== 0)) continue;
      found.push(x * height + y);
      begins[x + 1] = begins[x + 1]! + 1;
    }
  }
  // Sort by column; within a column the changes are in order already.
  for (let x = 0; x < width; x++) {
    begins[x + 1] = begins[x + 1]! + begins[x]!;
  }
  const sorted = new Int32Array(found.count);
  for (const at of found.all()) {
    const x = Math.floor(at / height);
    const place = begins[x]!;
    sorted[place] = at;
    begins[x] = place + 1;
  }
  return sorted;
}

/**
 * Encodes a mask as run lengths, equal to pycocotools'.
 * @param mask uint8 [height, width], inside where not 0
 * @throws ClipSegError `invalid-argument`
 */
export function encodeCocoRle(mask: Uint8Array, size: MaskSize): CompressedRle;
export function encodeCocoRle(
  mask: Uint8Array,
  size: MaskSize,
  options: { readonly compressed: false },
): UncompressedRle;
export function encodeCocoRle(
  mask: Uint8Array,
  size: MaskSize,
  options: { readonly compressed?: boolean } = {},
): CocoRle {
  const { compressed = true } = checkOptions(options, 'encodeCocoRle');
  checkMask(mask, size);
  const runs: number[] = [];
  let before = 0;
  for (const at of changes(mask, size)) {
    runs.push(at - before);
    before = at;
  }
  runs.push(mask.length - before);
  return {
    size: [size.height, size.width],
    counts: compressed ? compressRuns(runs) : runs,
  };
}

/**
 * Checks run lengths: none is negative, and their sum is the number of pixels.
 * @throws ClipSegError `invalid-argument`
 */
function runsOf(rle: CocoRle): readonly number[] {
  return reading('The COCO RLE', () => checkRuns(rle));
}

function checkRuns(rle: CocoRle): readonly number[] {
  if (!Array.isArray(rle?.size) || rle.size.length !== 2) fail('has no size [height, width]');
  const [height, width] = rle.size;
  checkSize({ width, height });
  const { counts } = rle;
  if (typeof counts !== 'string' && !Array.isArray(counts)) fail('has no counts');
  const runs = typeof counts === 'string' ? expandRuns(counts) : (counts as readonly number[]);
  const pixels = height * width;
  let covered = 0;
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i]!;
    if (!Number.isInteger(run) || run < 0) fail(`has ${valueIs(run)} as its run ${i}`);
    covered += run;
    if (covered > pixels) fail(`leaves the picture of ${width} x ${height} with its run ${i}`);
  }
  if (covered !== pixels) fail(`covers ${covered} of ${pixels} pixels`);
  return runs;
}

/**
 * Decodes run lengths to a mask.
 * @returns uint8 [height, width], row by row, 1 inside
 * @throws ClipSegError `invalid-argument` for a malformed string, or lengths that do not fit
 */
export function decodeCocoRle(rle: CocoRle): Uint8Array {
  const runs = runsOf(rle);
  const [height, width] = rle.size;
  const mask = new Uint8Array(height * width);
  // Mark every change along a column with 1 (from outside, above the first row). Then each row
  // equals the row above it, inverted at the marks.
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    at += runs[i]!;
    const end = at + runs[i + 1]!;
    for (let x = Math.floor(at / height); at < end; x++) {
      const bottom = Math.min(end, (x + 1) * height);
      toggle(mask, (at - x * height) * width + x);
      if (bottom < (x + 1) * height) toggle(mask, (bottom - x * height) * width + x);
      at = bottom;
    }
  }
  for (let i = width; i < mask.length; i++) {
    mask[i] = mask[i]! ^ mask[i - width]!;
  }
  return mask;
}

function toggle(mask: Uint8Array, i: number): void {
  mask[i] = mask[i]! ^ 1;
}

/**
 * Counts the pixels inside.
 * @throws ClipSegError `invalid-argument`
 */
export const cocoArea = (rle: CocoRle): number =>
  runsOf(rle).reduce((sum, run, i) => (i % 2 === 1 ? sum + run : sum), 0);

/**
 * Computes the box around the pixels inside, as an annotation's `bbox`; zeros for an empty mask.
 * @throws ClipSegError `invalid-argument`
 */
export function cocoBox(rle: CocoRle): [x: number, y: number, width: number, height: number] {
  const runs = runsOf(rle);
  const [height, width] = rle.size;
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    at += runs[i]!;
    const length = runs[i + 1]!;
    if (length === 0) continue;
    const last = at + length - 1;
    const [left, right] = [Math.floor(at / height), Math.floor(last / height)];
    const wraps = left < right; // the run continues in the next column, so it touches both edges
    x0 = Math.min(x0, left);
    x1 = Math.max(x1, right);
    y0 = wraps ? 0 : Math.min(y0, at % height);
    y1 = wraps ? height - 1 : Math.max(y1, last % height);
    at += length;
  }
  return x1 < 0 ? [0, 0, 0, 0] : [x0, y0, x1 - x0 + 1, y1 - y0 + 1];
}
