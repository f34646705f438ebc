import type { Polygon, Ring } from '../raster/polygon.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord, parseJson } from '../util/json.js';
import { showValue } from '../util/show-value.js';

// Reads files of other programs: checks every field before using it.

/** Throws an error that names the format. */
export function failure(format: string): (what: string) => never {
  return (what) => {
    throw new ClipSegError('invalid-argument', `The ${format} ${what}.`);
  };
}

/** Returns an object; parses it if it is text. */
export function readJson(json: unknown, format: string): Record<string, unknown> {
  const value =
    typeof json === 'string' ? parseJson(json, `The ${format}`, 'invalid-argument') : json;
  return isRecord(value) ? value : failure(format)('is no object');
}

/** Checks a list of objects. */
export function recordsOf(value: unknown, name: string, format: string): Record<string, unknown>[] {
  // `every` skips holes in a list.
  if (Array.isArray(value) && !value.includes(undefined) && value.every(isRecord)) return value;
  return failure(format)(`has no list of objects as ${name}`);
}

/** Largest coordinate of a polygon (`checkRing`). */
const MAX_COORDINATE = 1e8;

/** Returns a label: a text or a number, never an object converted to text. */
export function nameOf(value: unknown, name: string, format: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return failure(format)(`has ${showValue(value)} as ${name}, not a text`);
}

/** Makes a ring from points, without a last point that repeats the first. */
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

/** Reads an outline that may lead to holes and further parts, as `joinRings` writes it. */
export const polygonOf = (outer: Ring): Polygon => ({ outer, holes: [] });
