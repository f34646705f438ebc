import { checkCount, checkNumber, checkOptions } from '../util/check.js';
import { checkPolygons, type Polygon, type Ring } from './polygon.js';

/** Computes the squared distance of corner `i` from the line between corners `a` and `b`. */
function squaredDistance(ring: Ring, i: number, a: number, b: number): number {
  const [ax, ay] = [ring[2 * a]!, ring[2 * a + 1]!];
  const [dx, dy] = [ring[2 * b]! - ax, ring[2 * b + 1]! - ay];
  const [px, py] = [ring[2 * i]! - ax, ring[2 * i + 1]! - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
  return (px - along * dx) ** 2 + (py - along * dy) ** 2;
}

/** Finds the corner furthest from the first one. */
function oppositeOf(ring: Ring): number {
  let [furthest, opposite] = [0, 0];
  for (let i = 1; i < ring.length / 2; i++) {
    const distance = squaredDistance(ring, i, 0, 0);
    if (distance > furthest) [furthest, opposite] = [distance, i];
  }
  return opposite;
}

/**
 * Computes the weight of each corner: the square of the largest tolerance at which Douglas and
 * Peucker (1973) keep it. One pass serves every tolerance and every number of corners. The two
 * corners that split the ring first weigh as much as the third, as a ring needs three.
 */
function significance(ring: Ring): Float64Array {
  const count = ring.length / 2;
  const result = new Float64Array(count);
  const opposite = oppositeOf(ring);
  // first corner, last corner (count is the first one again), largest weight of those between
  const stack: [number, number, number][] = [
    [0, opposite, Number.POSITIVE_INFINITY],
    [opposite, count, Number.POSITIVE_INFINITY],
  ];
  let third = 0;
  for (let part = stack.pop(); part; part = stack.pop()) {
    const [first, last, most] = part;
    let [furthest, at] = [-1, -1];
    for (let i = first + 1; i < last; i++) {
      const distance = squaredDistance(ring, i, first, last % count);
      if (distance > furthest) [furthest, at] = [distance, i];
    }
    if (at < 0) continue;
    const matters = Math.min(most, furthest);
    result[at] = matters;
    third = Math.max(third, matters);
    stack.push([first, at, matters], [at, last, matters]);
  }
  if (count > 0) result[0] = third;
  if (count > 0) result[opposite] = third;
  return result;
}

export interface SimplifyOptions {
  /** Largest shift of the outline, in pixels. Default 0: removes only corners on straight lines. */
  readonly tolerance?: number;
  /** Largest number of corners in all polygons together, at least 3. */
  readonly points?: number;
}

/** Decides which corners to keep, in order; of equal weights at the limit, the first are kept. */
function createChoice(
  all: readonly Float64Array[],
  tolerance: number,
  points: number,
): (matters: number) => boolean {
  const straight = 1e-9; // rounding errors of 0
  const least = tolerance * tolerance + straight;
  const count = all.reduce((sum, { length }) => sum + length, 0);
  if (count <= points) return (matters) => matters > least;
  const sorted = new Float64Array(count);
  let at = 0;
  for (const list of all) {
    sorted.set(list, at);
    at += list.length;
  }
  sorted.sort();
  const limit = sorted[count - points]!;
  let ties = 0;
  for (let i = count - points; i < count && sorted[i] === limit; i++) ties++;
  return (matters) => matters > least && (matters > limit || (matters === limit && ties-- > 0));
}

/**
 * Removes the least important corners (Douglas & Peucker 1973). A ring that would keep fewer than
 * three corners is removed; an outer ring is removed with its holes.
 * @throws ClipSegError `invalid-argument`
 */
export function simplify(polygons: readonly Polygon[], options: SimplifyOptions = {}): Polygon[] {
  const { tolerance = 0, points = Number.MAX_SAFE_INTEGER } = checkOptions(options, 'simplify');
  checkNumber(tolerance, 'tolerance');
  checkCount(points, 'points', 3);
  checkPolygons(polygons);
  const rings = polygons.flatMap(({ outer, holes }) => [outer, ...holes]);
  const all = rings.map((ring) => significance(ring));
  const wanted = createChoice(all, tolerance, points);
  const kept = rings.map((ring, i) => chosen(ring, all[i]!, wanted)).values();
  const next = (): Ring => kept.next().value!;
  const result: Polygon[] = [];
  for (const { holes } of polygons) {
    const polygon = { outer: next(), holes: holes.map(next).filter((hole) => hole.length >= 6) };
    if (polygon.outer.length >= 6) result.push(polygon);
  }
  return result;
}

function chosen(ring: Ring, matters: Float64Array, wanted: (matters: number) => boolean): Ring {
  const kept: number[] = [];
  for (let i = 0; i < matters.length; i++) {
    if (wanted(matters[i]!)) kept.push(ring[2 * i]!, ring[2 * i + 1]!);
  }
  return Float64Array.from(kept);
}
