import type { RawImage } from './contracts/image.js';
import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';

/** [x, y] in source pixels; the middle of the first pixel is 0.5, 0.5. */
type Point = readonly [x: number, y: number];

/** A part of a picture, in its source pixels. */
export type Region =
  /** uint8 [height, width], inside where not 0. */
  | { readonly mask: Uint8Array }
  /** x0, y0, x1, y1, the ends not included. */
  | { readonly box: readonly [x0: number, y0: number, x1: number, y1: number] }
  | { readonly point: Point; readonly radius: number }
  /** Inside by the even-odd rule. */
  | { readonly polygon: readonly Point[] }
  /** A line drawn with a round brush of so many pixels. */
  | { readonly scribble: readonly Point[]; readonly lineWidth: number };

function fail(what: string): never {
  throw new ClipSegError('invalid-prompt', `The region ${what}.`);
}

const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);

function points(value: unknown, name: string, least: number): readonly Point[] {
  if (Array.isArray(value) && value.length >= least && value.every(isPoint)) return value;
  return fail(`has a ${name} that is no list of at least ${least} points [x, y]`);
}

const positive = (value: unknown, name: string): number =>
  typeof value === 'number' && value > 0 ? value : fail(`has a ${name} that is not above 0`);

/** Distance of a point to a line from a to b. */
function distance(x: number, y: number, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - a[0]) * dx + (y - a[1]) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy);
}

function insidePolygon(x: number, y: number, polygon: readonly Point[]): boolean {
  let inside = false;
  for (const [i, [bx, by]] of polygon.entries()) {
    const [ax, ay] = polygon.at(i - 1) as Point;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Whether the middle of a pixel lies inside. */
function insideOf(region: object): (x: number, y: number) => boolean {
  if ('box' in region) {
    const { box } = region;
    if (!Array.isArray(box) || box.length !== 4 || !box.every(Number.isFinite)) {
      return fail('has a box that is not [x0, y0, x1, y1]');
    }
    const [x0, y0, x1, y1] = box;
    return (x, y) => x >= x0 && x < x1 && y >= y0 && y < y1;
  }
  if ('point' in region) {
    const [point] = points([region.point], 'point', 1) as [Point];
    const radius = positive('radius' in region ? region.radius : undefined, 'radius');
    return (x, y) => Math.hypot(x - point[0], y - point[1]) <= radius;
  }
  if ('polygon' in region) {
    const polygon = points(region.polygon, 'polygon', 3);
    return (x, y) => insidePolygon(x, y, polygon);
  }
  if ('scribble' in region) {
    const line = points(region.scribble, 'scribble', 1);
    const reach = positive('lineWidth' in region ? region.lineWidth : undefined, 'lineWidth') / 2;
    return (x, y) =>
      line.some((b, i) => distance(x, y, line[Math.max(0, i - 1)] as Point, b) <= reach);
  }
  return fail('is no { mask }, { box }, { point, radius }, { polygon } or { scribble, lineWidth }');
}

/**
 * A region as a mask.
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-prompt` when it is malformed or holds no pixel
 */
export function regionMask(
  region: Region,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  if (!isRecord(region)) return fail('is no object');
  const mask = new Uint8Array(width * height);
  if ('mask' in region) {
    const { mask: given } = region;
    if (!(given instanceof Uint8Array) || given.length !== mask.length) {
      const length = given instanceof Uint8Array ? `${given.length} values` : 'no Uint8Array';
      return fail(`has a mask of ${length}, not of ${width} x ${height}`);
    }
    for (let i = 0; i < mask.length; i++) mask[i] = given[i] ? 1 : 0;
  } else {
    const inside = insideOf(region);
    for (let i = 0; i < mask.length; i++) {
      mask[i] = inside((i % width) + 0.5, Math.floor(i / width) + 0.5) ? 1 : 0;
    }
  }
  return mask.includes(1) ? mask : fail(`holds no pixel of the picture of ${width} x ${height}`);
}

/** A mask picture as a mask: uint8 [height, width], 1 where the first channel is 128 or more. */
export function imageMask({ width, height, channels, data }: RawImage): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = (data[i * channels] as number) >= 128 ? 1 : 0;
  return mask;
}
