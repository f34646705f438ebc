import type { Polygon, Ring } from '../raster/polygon.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord, parseJson } from '../util/json.js';
import { showValue } from '../util/show-value.js';

// Reading what others wrote: every field is looked at before it is used.

/** Fails with the format's name. */
export function failure(format: string): (what: string) => never {
  return (what) => {
    throw new ClipSegError('invalid-argument', `The ${format} ${what}.`);
  };
}

/** An object, out of text where it is text. */
export function readJson(json: unknown, format: string): Record<string, unknown> {
  const value =
    typeof json === 'string' ? parseJson(json, `The ${format}`, 'invalid-argument') : json;
  return isRecord(value) ? value : failure(format)('is no object');
}

/** A list of objects. */
export function recordsOf(value: unknown, name: string, format: string): Record<string, unknown>[] {
  // A hole in a list is skipped by `every`.
  if (Array.isArray(value) && !value.includes(undefined) && value.every(isRecord)) return value;
  return failure(format)(`has no list of objects as ${name}`);
}

/** What polygons are filled to (`checkRing`). */
const MAX_COORDINATE = 1e8;

/** A text, or a number, as labels are; not an object that would be called one. */
export function nameOf(value: unknown, name: string, format: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return failure(format)(`has ${showValue(value)} as ${name}, not a text`);
}

/** A ring out of points, without a last one that repeats the first. */
export function ringOf(points: unknown, name: string, format: string): Ring {
  const isPoint = (point: unknown) =>
    Array.isArray(point) && Number.isFinite(point[0]) && Number.isFinite(point[1]);
  if (!Array.isArray(points) || points.length < 3 || !Array.from(points).every(isPoint)) {
    return failure(format)(`has a ${name} that is no list of at least three points [x, y]`);
  }
  const list = points as [number, number][];
  const far = list.find(([x, y]) => Math.abs(x) > MAX_COORDINATE || Math.abs(y) > MAX_COORDINATE);
  if (far) failure(format)(`has a ${name} with the point ${showValue(far)}, far outside a picture`);
  const [first, last] = [list[0], list.at(-1)] as [[number, number], [number, number]];
  const closed = first[0] === last[0] && first[1] === last[1] && list.length > 3;
  const kept = closed ? list.slice(0, -1) : list;
  const ring = new Float64Array(2 * kept.length);
  for (const [i, [x, y]] of kept.entries()) ring.set([x, y], 2 * i);
  return ring;
}

/** One outline that may lead to holes and further parts, as `joinRings` writes them. */
export const polygonOf = (outer: Ring): Polygon => ({ outer, holes: [] });
