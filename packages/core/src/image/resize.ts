import type { RawImage } from '../contracts/image.js';
import { checkOneOf, reading } from '../util/check.js';
import { checkArea, checkRawImage } from './raw-image.js';

// Equals Pillow's ImagingResample for 8-bit images (src/libImaging/Resample.c) to the bit: two
// passes, coefficients in fixed point, 8-bit rounding between the passes. Shrinking widens the
// filter by the scale; "bilinear" in browsers and other libraries does not.

export type ResizeFilter = 'bilinear' | 'bicubic';

const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

const filters: Record<ResizeFilter, { support: number; weight(x: number): number }> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
};

function cubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

interface Coefficients {
  /** First source index and number of taps per output index. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `taps` fixed-point weights per output index. */
  readonly weights: Int32Array;
  readonly taps: number;
}

function coefficients(from: number, to: number, filter: ResizeFilter): Coefficients {
  const { support: radius, weight } = filters[filter];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = radius * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  const exact = new Float64Array(taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let total = 0;
    for (let t = 0; t < count; t++) {
      exact[t] = weight((t + start - centre + 0.5) * (1 / stretch));
      total += exact[t]!;
    }
    for (let t = 0; t < count; t++) {
      const normalised = total === 0 ? exact[t]! : exact[t]! / total;
      const rounding = normalised < 0 ? -0.5 : 0.5;
      weights[i * taps + t] = Math.trunc(rounding + normalised * (1 << PRECISION_BITS));
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, taps };
}

const clip8 = (sum: number): number => {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : Math.min(value, 255);
};

function horizontal(
  data: RawImage['data'],
  [height, from]: readonly [number, number],
  to: number,
  filter: ResizeFilter,
): Uint8Array {
  const { starts, counts, weights, taps } = coefficients(from, to, filter);
  const result = new Uint8Array(height * to * 3);
  let o = 0;
  for (let y = 0; y < height; y++) {
    const row = y * from * 3;
    for (let x = 0; x < to; x++) {
      let [r, g, b] = [HALF, HALF, HALF];
      let i = row + starts[x]! * 3;
      const first = x * taps;
      const end = first + counts[x]!;
      for (let t = first; t < end; t++, i += 3) {
        const weight = weights[t]!;
        r += data[i]! * weight;
        g += data[i + 1]! * weight;
        b += data[i + 2]! * weight;
      }
      result[o++] = clip8(r);
      result[o++] = clip8(g);
      result[o++] = clip8(b);
    }
  }
  return result;
}

function vertical(
  data: RawImage['data'],
  [from, width]: readonly [number, number],
  to: number,
  filter: ResizeFilter,
): Uint8Array {
  const { starts, counts, weights, taps } = coefficients(from, to, filter);
  const stride = width * 3;
  const result = new Uint8Array(to * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < to; y++) {
    sums.fill(HALF);
    for (let t = 0; t < counts[y]!; t++) {
      const weight = weights[y * taps + t]!;
      const row = (starts[y]! + t) * stride;
      for (let i = 0; i < stride; i++) {
        sums[i] = sums[i]! + data[row + i]! * weight;
      }
    }
    const out = y * stride;
    for (let i = 0; i < stride; i++) result[out + i] = clip8(sums[i]!);
  }
  return result;
}

/**
 * Resizes an RGB image exactly as Pillow's `Image.resize` does.
 * @param size [height, width] in pixels
 * @throws ClipSegError `invalid-argument`, `invalid-image`
 */
export function resize(
  image: RawImage,
  size: readonly [height: number, width: number],
  filter: ResizeFilter,
): RawImage {
  const [height, width] = checkArea(size);
  const { channels, ...picture } = reading('The picture', () => checkRawImage(image));
  let { data } = picture;
  checkOneOf(channels, 'The number of channels', [3]);
  checkOneOf(filter, 'filter', ['bilinear', 'bicubic']);
  if (width !== image.width) data = horizontal(data, [image.height, image.width], width, filter);
  if (height !== image.height) data = vertical(data, [image.height, width], height, filter);
  return { width, height, channels: 3, data };
}
