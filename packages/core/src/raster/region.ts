import type { RawImage } from '../contracts/image.js';
import type { Point, Region } from '../contracts/region.js';
import { checkRawImage } from '../image/raw-image.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';
import { brush } from './brush.js';
import { checkSize, type MaskSize } from './mask.js';
import { polygonMask } from './polygon.js';

function fail(what: string): never {
  throw new ClipSegError('invalid-prompt', `The region ${what}.`);
}

const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) &&
  value.length === 2 &&
  Number.isFinite(value[0]) &&
  Number.isFinite(value[1]);

function points(value: unknown, name: string, least: number): readonly Point[] {
  if (Array.isArray(value) && value.length >= least && Array.from(value).every(isPoint))
    return value;
  return fail(`has a ${name} that is no list of at least ${least} points [x, y]`);
}

const positive = (value: unknown, name: string): number =>
  typeof value === 'number' && value > 0 ? value : fail(`has a ${name} that is not above 0`);

/** Fills the pixels whose center is inside. */
function drawn(region: object, size: MaskSize): Uint8Array {
  const empty = () => new Uint8Array(size.width * size.height);
  const outline = (ring: readonly Point[]): Uint8Array =>
    polygonMask([{ outer: Float64Array.from(ring.flat()), holes: [] }], size);
  if ('box' in region) {
    const { box } = region;
    if (!Array.isArray(box) || box.length !== 4 || !Array.from(box).every(Number.isFinite)) {
      return fail('has a box that is not [x0, y0, x1, y1]');
    }
    const [x0, y0, x1, y1] = box;
    if (!(x0 < x1 && y0 < y1)) return empty();
    return outline([[x0, y0] as const, [x1, y0] as const, [x1, y1], [x0, y1]]);
  }
  if ('point' in region) {
    const [point] = points([region.point], 'point', 1) as [Point];
    const radius = positive('radius' in region ? region.radius : undefined, 'radius');
    return brush(empty(), size, [{ points: [point], width: 2 * radius }]);
  }
  if ('polygon' in region) return outline(points(region.polygon, 'polygon', 3));
  if ('scribble' in region) {
    const line = points(region.scribble, 'scribble', 1);
    const width = positive('lineWidth' in region ? region.lineWidth : undefined, 'lineWidth');
    return brush(empty(), size, [{ points: line, width }]);
  }
  return fail('is no { mask }, { box }, { point, radius }, { polygon } or { scribble, lineWidth }');
}

function given(mask: unknown, { width, height }: MaskSize): Uint8Array {
  if (mask instanceof Uint8Array && mask.length === width * height) {
    return mask.map((value) => (value ? 1 : 0));
  }
  const length = mask instanceof Uint8Array ? `${mask.length} values` : 'no Uint8Array';
  return fail(`has a mask of ${length}, not of ${width} x ${height}`);
}

/**
 * Converts a region to a mask.
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-prompt` when it is malformed or contains no pixel
 */
export function regionMask(region: Region, size: MaskSize): Uint8Array {
  checkSize(size);
  if (!isRecord(region)) return fail(`is ${showValue(region)}, not an object`);
  const { width, height } = size;
  return reading('The region', () => {
    const mask = 'mask' in region ? given(region.mask, size) : drawn(region, size);
    return mask.includes(1) ? mask : fail(`holds no pixel of the picture of ${width} x ${height}`);
  });
}

/**
 * Converts an image to a mask: uint8 [height, width], 1 where the first channel is at least 128.
 */
export function imageMask(image: RawImage): Uint8Array {
  const { width, height, channels, data } = reading('The picture', () => checkRawImage(image));
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = data[i * channels]! >= 128 ? 1 : 0;
  return mask;
}
