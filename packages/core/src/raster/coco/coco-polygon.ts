import { reading, valueIs } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { checkSize, type MaskSize } from '../mask.js';

// Fills polygons as pycocotools does. It walks the outline on a grid that is five times as fine.
// Where the walk crosses the center of a column of pixels, the column changes between outside and
// inside from the first pixel whose center lies below. This code computes only the crossings, so
// that an outline far outside the image costs nothing.

const FINE = 5;
/** The center of column k lies between the fine columns 5k + 2 and 5k + 3. */
const MIDDLE = 3;

type Edge = readonly [x0: number, y0: number, x1: number, y1: number];

const fine = (coordinate: number): number => Math.trunc(FINE * coordinate + 0.5);

/** Finds the first of `steps` at which `reached` is true; it must be true at the last. */
function firstStep(guess: number, steps: number, reached: (step: number) => boolean): number {
  let step = Math.min(steps, Math.max(1, Math.ceil(guess)));
  while (step > 1 && reached(step - 1)) step--;
  while (step < steps && !reached(step)) step++;
  return step;
}

/**
 * Calls `cross` with every column whose center an edge crosses, and with the fine row of the
 * crossing.
 */
function crossings(
  [ax, ay, bx, by]: Edge,
  width: number,
  cross: (column: number, row: number) => void,
): void {
  const shallow = Math.abs(bx - ax) >= Math.abs(by - ay);
  const backwards = shallow ? ax > bx : ay > by;
  const [x0, y0, x1, y1] = backwards ? [bx, by, ax, ay] : [ax, ay, bx, by];
  const steps = shallow ? x1 - x0 : y1 - y0;
  const slope = (shallow ? y1 - y0 : x1 - x0) / steps;
  const across = (step: number) => Math.trunc((shallow ? y0 : x0) + slope * step + 0.5);
  const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
  const first = Math.max(0, Math.ceil((left + 1 - MIDDLE) / FINE));
  const last = Math.min(width - 1, Math.floor((right - MIDDLE) / FINE));
  for (let column = first; column <= last; column++) {
    const border = FINE * column + MIDDLE;
    if (shallow) {
      const step = border - x0;
      cross(column, Math.min(across(step), across(step - 1)));
    } else {
      // The fine column changes once, where the steep walk rounds to the next column.
      const reached =
        slope > 0
          ? (step: number) => across(step) >= border
          : (step: number) => across(step) < border;
      const step = firstStep((border - 0.5 - x0) / slope, steps, reached);
      cross(column, y0 + step - 1);
    }
  }
}

/**
 * Adds one polygon to a mask.
 * @param changed zeros of the mask's size; zeros again afterwards
 */
function fill(
  mask: Uint8Array,
  changed: Uint8Array,
  { width, height }: MaskSize,
  polygon: readonly number[],
): void {
  const points = polygon.map(fine);
  let [x0, x1, top, end] = [width, -1, height, 0];
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    const edge = [points[i], points[i + 1], points[j], points[j + 1]] as Edge;
    crossings(edge, width, (column, row) => {
      const middle = (row + 0.5) / FINE - 0.5;
      const y = Math.ceil(Math.min(height, Math.max(0, middle)));
      end = Math.max(end, Math.min(height, y + 1)); // after it, every column is outside again
      if (y === height) return;
      const at = y * width + column;
      changed[at] = changed[at]! ^ 1;
      x0 = Math.min(x0, column);
      x1 = Math.max(x1, column);
      top = Math.min(top, y);
    });
  }
  const inside = new Uint8Array(Math.max(0, x1 - x0 + 1));
  for (let y = top; y < end; y++) {
    for (let x = 0, i = y * width + x0; x < inside.length; x++, i++) {
      inside[x] = inside[x]! ^ changed[i]!;
      changed[i] = 0;
      mask[i] = mask[i]! | inside[x]!;
    }
  }
}

/**
 * Fills polygons, each by the even-odd rule, with the same pixels as pycocotools' `frPyObjects` and
 * `merge`.
 * @param polygons each [x0, y0, x1, y1, ...] in pixels, at least three points, as in an
 *   annotation's `segmentation`
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-argument`
 */
export function cocoPolygonMask(
  polygons: readonly (readonly number[])[],
  size: MaskSize,
): Uint8Array {
  checkSize(size);
  const mask = new Uint8Array(size.width * size.height);
  reading('The COCO segmentation', () => {
    if (!Array.isArray(polygons)) throw malformed('is no list of polygons');
    for (const [i, polygon] of polygons.entries()) checkPolygon(polygon, i);
  });
  const changed = new Uint8Array(mask.length);
  for (const polygon of polygons) fill(mask, changed, size, polygon);
  return mask;
}

const malformed = (what: string): ClipSegError =>
  new ClipSegError('invalid-argument', `The COCO segmentation ${what}.`);

function checkPolygon(polygon: unknown, i: number): void {
  if (!Array.isArray(polygon) || polygon.length < 6 || polygon.length % 2 === 1) {
    throw malformed(`has no x and y of at least three points in polygon ${i}`);
  }
  // Above 1e8 the fine coordinates exceed 32 bits, in pycocotools too.
  const odd = polygon.findIndex(
    (value: unknown) => !(typeof value === 'number' && Math.abs(value) <= 1e8),
  );
  if (odd >= 0) throw malformed(`has the coordinate ${valueIs(polygon[odd])} in polygon ${i}`);
}
