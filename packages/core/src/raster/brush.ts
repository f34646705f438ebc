import { checkNumber, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { checkMask, type MaskSize } from './mask.js';

/** A stroke that a user drew with a round brush. */
export interface Stroke {
  /** x, y in source pixels; the center of the first pixel is 0.5, 0.5. One point is a dot. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Width of the brush in source pixels, above 0. */
  readonly width: number;
  /** Erases instead of painting. */
  readonly erase?: boolean;
}

/**
 * @returns the strokes, without unknown properties
 * @throws ClipSegError `invalid-argument` naming the stroke
 */
export function checkStrokes(strokes: unknown): readonly Stroke[] {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-argument', what);
  };
  return reading('The strokes', () => {
    if (!Array.isArray(strokes)) return fail('The strokes are no list.');
    return Array.from(strokes, (stroke, i) => checkStroke(stroke, i, fail));
  });
}

function checkStroke(stroke: unknown, i: number, fail: (what: string) => never): Stroke {
  const { points, width, erase } = (stroke ?? {}) as Stroke;
  if (!(checkNumber(width, `The width of stroke ${i}`) > 0)) fail(`Stroke ${i} has no width.`);
  const valid = Array.isArray(points) && points.length > 0 && Array.from(points).every(isPoint);
  if (!valid) fail(`Stroke ${i} has no points [x, y].`);
  return { points, width, ...(erase !== undefined && { erase: Boolean(erase) }) };
}

const isPoint = (point: unknown): boolean =>
  Array.isArray(point) &&
  point.length === 2 &&
  Number.isFinite(point[0]) &&
  Number.isFinite(point[1]);

/**
 * Paints the pixels whose center is within reach of the line between two points. Each row is
 * painted from the pixel where the brush enters to the one where it leaves, so that only painted
 * pixels cost time.
 */
function paintSegment(
  mask: Uint8Array,
  { width, height }: MaskSize,
  [[ax, ay], [bx, by]]: readonly [readonly [number, number], readonly [number, number]],
  reach: number,
  value: number,
): void {
  const [dx, dy] = [bx - ax, by - ay];
  const length = Math.hypot(dx, dy);
  const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach - 0.5));
  const bottom = Math.min(height - 1, Math.floor(Math.max(ay, by) + reach - 0.5));
  for (let y = top; y <= bottom; y++) {
    const middle = y + 0.5;
    let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const widen = (x0: number, x1: number): void => {
      left = Math.min(left, x0);
      right = Math.max(right, x1);
    };
    for (const [x, end] of [
      [ax, ay],
      [bx, by],
    ] as const) {
      const half = Math.sqrt(reach * reach - (middle - end) ** 2); // half the width of the disc at this end
      if (half >= 0) widen(x - half, x + half);
    }
    if (length > 0) {
      // The rectangle between both discs: its sides cross the row between its ends.
      for (const side of [-1, 1]) {
        const [ox, oy] = [(-dy / length) * reach * side, (dx / length) * reach * side];
        const along = dy === 0 ? Number.NaN : (middle - ay - oy) / dy;
        if (along >= 0 && along <= 1) widen(ax + ox + along * dx, ax + ox + along * dx);
      }
    }
    const first = Math.max(0, Math.ceil(left - 0.5));
    const last = Math.min(width - 1, Math.floor(right - 0.5));
    if (first <= last) mask.fill(value, y * width + first, y * width + last + 1);
  }
}

/**
 * Applies a user's strokes in order: adds what was painted, removes what was erased.
 * @param mask uint8 [height, width], inside where not 0
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument` naming the stroke
 */
export function brush(mask: Uint8Array, size: MaskSize, strokes: readonly Stroke[]): Uint8Array {
  const result = checkMask(mask, size).map((value) => (value ? 1 : 0));
  for (const { points, width, erase } of checkStrokes(strokes)) {
    for (const [i, point] of points.entries()) {
      const before = points[Math.max(0, i - 1)] as readonly [number, number];
      paintSegment(result, size, [before, point], width / 2, erase ? 0 : 1);
    }
  }
  return result;
}
