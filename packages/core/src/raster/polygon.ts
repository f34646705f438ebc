import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { checkSize, type MaskSize } from './mask.js';

/**
 * The corners of a closed outline: alternating x and y, float64, in source pixels. The center of
 * the first pixel is 0.5, 0.5. The first corner is not repeated.
 */
export type Ring = Float64Array;

/** An area with holes. */
export interface Polygon {
  /** Clockwise on the screen. */
  readonly outer: Ring;
  /** Counterclockwise. */
  readonly holes: readonly Ring[];
}

/** Computes twice the area, positive for clockwise rings. */
function doubleArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay] = [ring[j]!, ring[j + 1]!];
    sum += ax * ring[i + 1]! - ring[i]! * ay;
  }
  return sum;
}

/**
 * Computes the area without the holes, in square pixels.
 * @throws ClipSegError `invalid-argument`
 */
export function polygonArea(polygon: Polygon): number {
  const { outer, holes } = checkPolygon(polygon, 'polygon');
  return holes.reduce((sum, hole) => sum + doubleArea(hole), doubleArea(outer)) / 2;
}

/** @throws ClipSegError `invalid-argument` unless it is a list of x and y */
export function checkRing(ring: unknown, name = 'ring'): Ring {
  const numbers = ring instanceof Float64Array && ring.length % 2 === 0;
  if (numbers && ring.every((value) => Math.abs(value) <= 1e8)) return ring;
  const message = `The ${name} is no Float64Array of x and y in turns, each up to 1e8.`;
  throw new ClipSegError('invalid-argument', message);
}

/** @throws ClipSegError `invalid-argument` unless it is a list of polygons */
export function checkPolygons(polygons: unknown, name = 'polygons'): readonly Polygon[] {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-argument', what);
  };
  return reading(`The ${name}`, () => {
    if (!Array.isArray(polygons))
      return fail(`The ${name} are ${showValue(polygons)}, not a list.`);
    for (const [i, polygon] of polygons.entries()) checkPolygon(polygon, `polygon ${i}`);
    return polygons;
  });
}

function checkPolygon(polygon: unknown, name: string): Polygon {
  return reading(`The ${name}`, () => {
    const { outer, holes } = (polygon ?? {}) as Partial<Polygon>;
    for (const ring of [outer, ...(Array.isArray(holes) ? holes : [undefined])]) {
      checkRing(ring, `ring of ${name}`);
    }
    return polygon as Polygon;
  });
}

/** For each edge and row, toggles the first pixel whose center is not to the left of the edge. */
function toggleCrossings(changes: Uint8Array, { width, height }: MaskSize, ring: Ring): void {
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay] = [ring[j]!, ring[j + 1]!];
    const [bx, by] = [ring[i]!, ring[i + 1]!];
    const first = Math.max(0, Math.ceil(Math.min(ay, by) - 0.5));
    const end = Math.min(height, Math.ceil(Math.max(ay, by) - 0.5));
    for (let y = first; y < end; y++) {
      const x = ((bx - ax) * (y + 0.5 - ay)) / (by - ay) + ax;
      const column = Math.max(0, Math.ceil(x - 0.5));
      if (column < width) {
        const at = y * width + column;
        changes[at] = changes[at]! ^ 1;
      }
    }
  }
}

/** Returns the first and last row in which rings have pixels. */
function rowsOf(rings: readonly Ring[], height: number): [first: number, end: number] {
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i += 2) {
      top = Math.min(top, ring[i]!);
      bottom = Math.max(bottom, ring[i]!);
    }
  }
  return [Math.max(0, Math.floor(top)), Math.min(height, Math.ceil(bottom))];
}

/**
 * Fills rings by the even-odd rule: pixels whose center is inside.
 * @param mask uint8 [height, width], receives 1 for them
 * @param changes zeros of the mask's size; zeros again afterwards
 */
function fillRings(
  mask: Uint8Array,
  changes: Uint8Array,
  size: MaskSize,
  rings: readonly Ring[],
): void {
  const { width, height } = size;
  for (const ring of rings) toggleCrossings(changes, size, ring);
  const [first, end] = rowsOf(rings, height);
  for (let y = first; y < end; y++) {
    let inside = 0;
    for (let i = y * width; i < (y + 1) * width; i++) {
      inside ^= changes[i]!;
      changes[i] = 0;
      mask[i] = mask[i]! | inside;
    }
  }
}

/**
 * Fills polygons, each by the even-odd rule: pixels whose center is inside.
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-argument`
 */
export function polygonMask(polygons: readonly Polygon[], size: MaskSize): Uint8Array {
  checkSize(size);
  const mask = new Uint8Array(size.width * size.height);
  const changes = new Uint8Array(mask.length);
  for (const { outer, holes } of checkPolygons(polygons)) {
    fillRings(mask, changes, size, [outer, ...holes]);
  }
  return mask;
}
