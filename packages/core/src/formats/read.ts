import { ClipSegError } from '../errors.js';
import { isRecord } from '../json.js';
import type { Polygon, Ring } from '../masks/polygon.js';

// Reading what others wrote: every field is looked at before it is used.

/** Fails with the format's name. */
export function failure(format: string): (what: string) => never {
  return (what) => {
    throw new ClipSegError('invalid-argument', `The ${format} ${what}.`);
  };
}

/** An object, out of text where it is text. */
export function readJson(json: unknown, format: string): Record<string, unknown> {
  const fail = failure(format);
  let value = json;
  if (typeof json === 'string') {
    try {
      value = JSON.parse(json);
    } catch (cause) {
      fail(`is not JSON: ${(cause as Error).message}`);
    }
  }
  return isRecord(value) ? value : fail('is no object');
}

/** A list of objects. */
export function recordsOf(value: unknown, name: string, format: string): Record<string, unknown>[] {
  if (Array.isArray(value) && value.every(isRecord)) return value;
  return failure(format)(`has no list of objects as ${name}`);
}

/** A ring out of points, without a last one that repeats the first. */
export function ringOf(points: unknown, name: string, format: string): Ring {
  const isPoint = (point: unknown) =>
    Array.isArray(point) && point.length >= 2 && point.slice(0, 2).every(Number.isFinite);
  if (!Array.isArray(points) || points.length < 3 || !points.every(isPoint)) {
    return failure(format)(`has a ${name} that is no list of at least three points [x, y]`);
  }
  const list = points as [number, number][];
  const [first, last] = [list[0], list.at(-1)] as [[number, number], [number, number]];
  const closed = first[0] === last[0] && first[1] === last[1] && list.length > 3;
  const kept = closed ? list.slice(0, -1) : list;
  return Float64Array.from(kept.flatMap((point) => point.slice(0, 2)));
}

/** One outline that may lead to holes and further parts, as `joinRings` writes them. */
export const polygonOf = (outer: Ring): Polygon => ({ outer, holes: [] });
