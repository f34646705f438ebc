import { describe, expect, it } from 'vitest';
import type { RawImage } from '../contracts/image.js';
import { type GuideOptions, gridFor, guidedRows } from './guided-filter.js';
import type { Grid } from './sample-grid.js';

const [W, H] = [24, 18];
const options: GuideOptions = { radius: 4, epsilon: 1e-4, guide: 'color' };

/** A picture of values from 0 to 1 by position. */
function picture(
  channels: 1 | 3 | 4,
  value: (x: number, y: number, c: number) => number,
): RawImage {
  const data = Uint8Array.from({ length: W * H * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return Math.round(255 * value(pixel % W, Math.floor(pixel / W), i % channels));
  });
  return { width: W, height: H, channels, data };
}
const read = (image: RawImage, scores: Float32Array, grid: Grid, given = options) => {
  const row = guidedRows(image, scores, grid, given);
  return Array.from({ length: H }, (_, y) => {
    const into = new Float32Array(W);
    row(y, into);
    return [...into];
  }).flat();
};
const wholeGrid: Grid = [H, W];
/** Three channels that vary independently of one another. */
const texture = (x: number, y: number, c: number) =>
  [((x * 7 + y * 3) % 11) / 11, ((x * 5 + y * 13) % 17) / 17, ((x * 3 + y * 11) % 13) / 13][c] ?? 1;

describe('guidedRows', () => {
  it.each([3, 4] as const)('finds scores that are a function of the %i channels', (channels) => {
    const image = picture(channels, texture);
    const weights = [0.5, -0.25, 0.2];
    const scores = Float32Array.from({ length: W * H }, (_, i) =>
      weights.reduce((sum, w, c) => sum + (w * image.data[i * channels + c]!) / 255, 0.3),
    );
    const found = read(image, scores, wholeGrid, { ...options, epsilon: 1e-9 });
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(scores[i]!, 3);
  });

  it.each([1, 3, 4] as const)('finds a function of the brightness in %i channels', (channels) => {
    const image = picture(channels, channels === 1 ? (x, y) => texture(x, y, 0) : texture);
    const luma = (i: number) =>
      channels === 1
        ? image.data[i]!
        : [0.299, 0.587, 0.114].reduce((sum, w, c) => sum + w * image.data[i * channels + c]!, 0);
    const scores = Float32Array.from({ length: W * H }, (_, i) => 0.2 + (0.6 * luma(i)) / 255);
    const found = read(image, scores, wholeGrid, { ...options, epsilon: 1e-9, guide: 'grey' });
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(scores[i]!, 3);
  });

  it('moves a soft edge of scores on a coarse grid to the edge of the picture', () => {
    const image = picture(3, (x) => (x < 13 ? 0.2 : 0.9));
    const grid: Grid = [9, 12];
    const scores = Float32Array.from({ length: 108 }, (_, i) => Math.min(1, (i % 12) / 11));
    for (const guide of ['color', 'grey'] as const) {
      const row = read(image, scores, grid, { ...options, guide }).slice(9 * W, 10 * W);
      const steps = row.slice(1).map((value, x) => value - row[x]!);
      expect(steps.indexOf(Math.max(...steps))).toBe(12);
      expect(steps[12]).toBeGreaterThan(0.2);
      expect(steps[3]).toBeLessThan(0.1);
    }
  });

  it('in a flat picture is the mean of the means over windows', () => {
    const image = picture(3, () => 0.5);
    const grid: Grid = [3, 4];
    const flat = read(image, new Float32Array(12).fill(0.7), grid);
    for (const value of flat) expect(value).toBeCloseTo(0.7, 5);
    // A window of one block to each side, twice: of a ramp, its inner part stays as it is.
    const long: Grid = [3, 24];
    const ramp = Float32Array.from({ length: 72 }, (_, i) => (i % 24) / 23);
    const given = { ...options, radius: 1 };
    const found = read(image, ramp, long, given).slice(8 * W, 9 * W);
    for (let x = 3; x < W - 3; x++) expect(found[x]).toBeCloseTo(ramp[x]!, 4);
    expect(found[0]).toBeCloseTo((0.5 + 1) / 2 / 23, 4);
  });

  it('a larger epsilon takes more of the picture for flat', () => {
    const image = picture(1, (x) => (x % 2 ? 0.6 : 0.4));
    const scores = Float32Array.from({ length: W * H }, (_, i) => (i % 2 ? 0.9 : 0.1));
    const contrast = (epsilon: number) => {
      const row = read(image, scores, wholeGrid, { ...options, epsilon });
      return row[8 * W + 11]! - row[8 * W + 10]!;
    };
    const variance = 0.01; // of levels 0.4 and 0.6
    expect(contrast(1e-9)).toBeCloseTo(0.8, 1);
    expect(contrast(variance)).toBeCloseTo(0.4, 1);
    expect(contrast(9 * variance)).toBeCloseTo(0.08, 1);
  });
});

describe('between the blocks of the grid', () => {
  // Blocks of 8 x 8 pixels, sampled at odd rows and columns: even rows can be anything.
  const [width, height] = [32, 24];
  const grid: Grid = [3, 4];
  const scores = Float32Array.from({ length: 12 }, (_, i) => ((i * 7) % 12) / 12);

  /** What a row of one color, in all even rows, becomes. */
  const evenRows = (channels: 1 | 3 | 4, color: readonly number[]) => {
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
      const [pixel, c] = [Math.floor(i / channels), i % channels];
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      return y % 2 === 0 ? (color[c] ?? 255) : Math.round(255 * texture(x + 3 * (x >> 3), y, c));
    });
    const image = { width, height, channels, data } as const;
    const row = guidedRows(image, scores, grid, { radius: 8, epsilon: 1e-3, guide: 'color' });
    return Array.from({ length: height / 2 }, (_, k) => {
      const into = new Float32Array(width);
      row(2 * k, into);
      return [...into];
    });
  };

  it.each([1, 3, 4] as const)('the fit of %i channels changes evenly', (channels) => {
    const black = [0, 0, 0].slice(0, Math.min(3, channels));
    const colors = [black, ...black.map((_, c) => black.map((__, k) => (k === c ? 255 : 0)))];
    for (const color of colors) {
      const rows = evenRows(channels, color);
      for (const row of rows) {
        // The middles of blocks lie before the columns 4, 12, 20 and 28.
        const steps = row.slice(1).map((value, x) => value - row[x]!);
        for (let x = 0; x < 3; x++) expect(steps[x]).toBeCloseTo(0, 5);
        for (let x = 28; x < 31; x++) expect(steps[x]).toBeCloseTo(0, 5);
        for (const first of [4, 12, 20]) {
          for (let x = first; x < first + 7; x++) expect(steps[x]).toBeCloseTo(steps[first]!, 5);
        }
        for (const [x, before, after] of [
          [3, 0, 4],
          [11, 10, 12],
          [19, 18, 20],
          [27, 26, 28],
        ] as const) {
          expect(steps[x]).toBeCloseTo((steps[before]! + steps[after]!) / 2, 5);
        }
      }
      // Downwards: even rows 4, 6, ... lie between the middles of blocks at 4, 12 and 20.
      for (const x of [0, 5, 17, 31]) {
        const steps = rows.slice(1).map((row, k) => row[x]! - rows[k]![x]!);
        expect(steps[0]).toBeCloseTo(0, 5);
        expect(steps[10]).toBeCloseTo(0, 5);
        for (const k of [2, 3, 4]) expect(steps[k]).toBeCloseTo(steps[2]!, 5);
        for (const k of [6, 7, 8]) expect(steps[k]).toBeCloseTo(steps[6]!, 5);
      }
    }
    const spread = evenRows(channels, black).flat();
    expect(Math.max(...spread) - Math.min(...spread)).toBeGreaterThan(0.05);
  });
});

it('a guide of color sees an edge that grey does not', () => {
  // Red and green of the same brightness.
  const image = picture(3, (x, _, c) => (x < 12 ? [0.587, 0, 0] : [0, 0.299, 0])[c]!);
  const scores = Float32Array.from({ length: W * H }, (_, i) => ((i % W) - 2 < 12 ? 0.1 : 0.9));
  const edge = (guide: 'color' | 'grey') => {
    const row = read(image, scores, wholeGrid, { ...options, guide }).slice(8 * W, 9 * W);
    return row[12]! - row[11]!;
  };
  expect(edge('color')).toBeGreaterThan(0.2);
  expect(edge('grey')).toBeLessThan(0.1);
});

it('a large epsilon makes colors count little', () => {
  const image = picture(3, (x, _, c) => (x % 2 ? 0.6 : 0.4) + c * 0);
  const scores = Float32Array.from({ length: W * H }, (_, i) => (i % 2 ? 0.9 : 0.1));
  const contrast = (epsilon: number) => {
    const row = read(image, scores, wholeGrid, { ...options, epsilon });
    return row[8 * W + 11]! - row[8 * W + 10]!;
  };
  // Three equal channels have three times the variance of one, 0.01.
  expect(contrast(0.03)).toBeCloseTo(0.4, 1);
  expect(contrast(0.27)).toBeCloseTo(0.08, 1);
});

describe('gridFor', () => {
  it('has twelve blocks to a radius, one pixel each at least', () => {
    expect(gridFor({ width: 100, height: 60 }, 24)).toEqual([30, 50]);
    expect(gridFor({ width: 100, height: 61 }, 24)).toEqual([31, 50]);
    expect(gridFor({ width: 100, height: 60 }, 5)).toEqual([60, 100]);
  });

  it('has at most 2^18 blocks or so', () => {
    const [rows, columns] = gridFor({ width: 4096, height: 4096 }, 12);
    expect([rows, columns]).toEqual([512, 512]);
  });
});
