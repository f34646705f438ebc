import { checkArea } from '../image/raw-image.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

/** A map upsampled to another size, row by row; reading rows in order is fastest. */
export interface Upsampler {
  /** Writes row y, float32 [width], or its columns from `start` to `end` (not included) only. */
  row(y: number, into: Float32Array, start?: number, end?: number): void;
}

/**
 * Interpolates bilinearly, as torch's F.interpolate(align_corners=False) does.
 * @param map float32 [h, w]
 */
export function createUpsampler(
  map: Float32Array,
  [h, w]: readonly [number, number],
  [height, width]: readonly [number, number],
): Upsampler {
  if (h === height && w === width) {
    return {
      row: (y, into, start = 0, end = w) =>
        into.set(map.subarray(y * w + start, y * w + end), start),
    };
  }
  const columns = axis(w, width);
  const rows = axis(h, height);
  const upper = { row: -1, values: new Float32Array(width) };
  const lower = { row: -1, values: new Float32Array(width) };
  return {
    row(y, into, start = 0, end = width) {
      const top = rows.low[y]!;
      const bottom = rows.high[y]!;
      // Rows mostly move down: the lower row becomes the upper one.
      if (upper.row !== top && lower.row === top) {
        [upper.values, lower.values] = [lower.values, upper.values];
        [upper.row, lower.row] = [lower.row, upper.row];
      }
      if (upper.row !== top) stretchRow(map, top * w, columns, upper.values);
      upper.row = top;
      if (lower.row !== bottom) stretchRow(map, bottom * w, columns, lower.values);
      lower.row = bottom;
      const weight = rows.weight[y]!;
      const [above, below] = [upper.values, lower.values];
      for (let x = start; x < end; x++) {
        const a = above[x]!;
        into[x] = a + (below[x]! - a) * weight;
      }
    },
  };
}

/**
 * Upsamples a whole map at once.
 * @param map float32 [h, w]
 * @returns float32 [height, width]
 * @throws ClipSegError `invalid-argument`
 */
export function upsampleBilinear(
  map: Float32Array,
  size: readonly [h: number, w: number],
  target: readonly [number, number],
): Float32Array {
  const [height, width] = checkArea(target);
  const [h, w] = checkArea(size);
  reading('The map', () => {
    if (map instanceof Float32Array && map.length === h * w) return;
    const message = `The map has ${showValue(map?.length)} values, not ${h} x ${w}.`;
    throw new ClipSegError('invalid-argument', message);
  });
  const result = new Float32Array(height * width);
  const upsampler = createUpsampler(map, size, [height, width]);
  for (let y = 0; y < height; y++) upsampler.row(y, result.subarray(y * width, (y + 1) * width));
  return result;
}

export interface Axis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Weight of the higher neighbor. */
  readonly weight: Float32Array;
}

/** Finds the two of `from` values between which each of `to` values lies. */
export function axis(from: number, to: number): Axis {
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const weight = new Float32Array(to);
  const scale = from / to;
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, (i + 0.5) * scale - 0.5);
    low[i] = Math.min(from - 1, Math.floor(position));
    high[i] = Math.min(from - 1, low[i]! + 1);
    weight[i] = position - low[i]!;
  }
  return { low, high, weight };
}

function stretchRow(map: Float32Array, start: number, columns: Axis, into: Float32Array): void {
  const { low, high, weight } = columns;
  for (let x = 0; x < into.length; x++) {
    const a = map[start + low[x]!]!;
    const b = map[start + high[x]!]!;
    into[x] = a + (b - a) * weight[x]!;
  }
}
