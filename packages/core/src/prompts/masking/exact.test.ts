import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClipSegConfig } from '../../contracts/config.js';
import type { MaskedPixels } from '../../contracts/masking-strategy.js';
import { gaussianBlur } from './gaussian-blur.js';
import {
  blur,
  colorize,
  crop,
  darken,
  greyscale,
  highlight,
  highlight2,
  none,
  outline,
  overlay,
  rectangle,
  shape,
  shift,
} from './index.js';
import { supportMask } from './token-mask.js';

const [width, height] = [9, 7];
const plane = width * height;
const mean = [0.5, 0.4, 0.3] as const;
const std = [0.2, 0.25, 0.5] as const;
const at = (rows: readonly string[]) =>
  Float32Array.from(rows.join(''), (char) => ({ '#': 1, '+': 0.25 })[char] ?? 0);
const mask = at([
  '.........',
  '.........',
  '..###....',
  '..#+#....',
  '..###....',
  '.........',
  '.........',
]);
const pixels = Float32Array.from({ length: 3 * plane }, (_, i) => (((i * 37) % 50) - 25) / 10);
const input = (more: Partial<MaskedPixels> = {}): MaskedPixels => ({
  width,
  height,
  mean,
  std,
  pixels,
  mask,
  ...more,
});
/** Every value as a function of its pixel's, of the mask there and of its channel. */
const each = (value: (pixel: number, inside: number, channel: 0 | 1 | 2, i: number) => number) =>
  Array.from(pixels, (pixel, i) =>
    value(pixel, mask[i % plane]!, Math.floor(i / plane) as 0 | 1 | 2, i % plane),
  );
const close = (found: Float32Array, expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
};
const colorAt = (i: number, c: 0 | 1 | 2) =>
  Math.min(1, Math.max(0, pixels[c * plane + i]! * std[c] + mean[c]));
const greyAt = (i: number) => 0.299 * colorAt(i, 0) + 0.587 * colorAt(i, 1) + 0.114 * colorAt(i, 2);

describe('what masking makes of a pixel', () => {
  it.each([
    [none(), each((pixel) => pixel)],
    [overlay(), each((pixel, inside) => pixel * inside)],
    [highlight(), each((pixel, inside) => 0.85 * pixel * inside + 0.15 * pixel)],
    [highlight2(), each((pixel, inside) => (pixel / 2 + 0.1) * inside + 0.15 * pixel)],
    [shape(), each((_, inside) => inside)],
    [shift({ by: -0.5 }), each((pixel) => pixel - 0.5)],
    [darken(), each((pixel, inside) => pixel * inside + 0.1 * pixel * (1 - inside))],
    [
      darken({ background: 0.7 }),
      each((pixel, inside) => pixel * inside + 0.7 * pixel * (1 - inside)),
    ],
    [
      greyscale(),
      each(
        (pixel, inside, c, i) => pixel * inside + ((greyAt(i) - mean[c]) / std[c]) * (1 - inside),
      ),
    ],
    [
      colorize(),
      each(
        (_, inside, c, i) =>
          (greyAt(i) * ([1, 0.2, 0.2][c]! * inside + (1 - inside)) - mean[c]) / std[c],
      ),
    ],
    [
      colorize({ color: [0, 255, 127.5], background: 0.6 }),
      each(
        (_, inside, c, i) =>
          (greyAt(i) * ([0, 1, 0.5][c]! * inside + 0.6 * (1 - inside)) - mean[c]) / std[c],
      ),
    ],
  ])('%o', (strategy, expected) => {
    const result = strategy.apply(input(), [height, width]);
    close(result.pixels, expected);
    expect([result.width, result.height, result.mask]).toEqual([width, height, mask]);
  });

  it('blur keeps the region and blurs the rest', () => {
    const blurred = gaussianBlur(pixels, [3, height, width], 1.5);
    const expected = each((pixel, inside) => pixel * inside);
    for (const [i, value] of blurred.entries())
      expected[i] = expected[i]! + value * (1 - mask[i % plane]!);
    close(blur({ sigma: 1.5 }).apply(input(), [1, 1]).pixels, expected);
    expect(blur().options).toEqual({ sigma: 3 });
  });
});

describe('gaussianBlur', () => {
  it('is a weighted mean of 15 x 15 pixels, reflected at the edges', () => {
    const check = (h: number, w: number, sigma: number) => {
      const values = Float32Array.from({ length: 2 * h * w }, (_, i) => (i * 7919) % 23);
      const found = gaussianBlur(values, [2, h, w], sigma);
      const reflected = (i: number, length: number): number => {
        let place = i;
        while (length > 1 && (place < 0 || place >= length))
          place = place < 0 ? -place : 2 * (length - 1) - place;
        return length === 1 ? 0 : place;
      };
      for (let i = 0; i < values.length; i += 5) {
        const [c, y, x] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
        let [sum, total] = [0, 0];
        for (let dy = -7; dy <= 7; dy++) {
          for (let dx = -7; dx <= 7; dx++) {
            const weight = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
            total += weight;
            sum += weight * values[(c * h + reflected(y + dy, h)) * w + reflected(x + dx, w)]!;
          }
        }
        expect(found[i]).toBeCloseTo(sum / total, 3);
      }
    };
    const side = fc.constantFrom(1, 2, 3, 9, 16);
    fc.assert(fc.property(side, side, fc.constantFrom(0.5, 2, 5), check), { numRuns: 20 });
  });
});

describe('lines', () => {
  const drawn = (result: MaskedPixels, rgb: readonly number[]) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (__, x) =>
        [0, 1, 2].every((c) => Math.abs(result.pixels[c * plane + y * width + x]! - rgb[c]!) < 1e-5)
          ? '#'
          : '.',
      ).join(''),
    );

  it('an outline follows the outer contour, not that of holes', () => {
    const ring = at([
      '.........',
      '.........',
      '..#####..',
      '..#...#..',
      '..#.#.#..',
      '..#...#..',
      '..#####..',
    ]);
    const dark = new Float32Array(3 * plane).fill(-9); // black
    const result = outline({ lineWidth: 1, color: [0, 255, 0] }).apply(
      input({ mask: ring, pixels: dark }),
      [1, 1],
    );
    const green = [0, 1, 0].map((value, c) => (value - mean[c]!) / std[c]!);
    expect(drawn(result, green)).toEqual([
      '.........',
      '..#####..',
      '.#######.',
      '.#######.',
      '.###.###.',
      '.#######.',
      '.#######.',
    ]);
    const black = mean.map((value, c) => -value / std[c]!);
    expect(drawn(result, black)[4]).toBe('#...#...#');
    expect(outline().options).toEqual({ lineWidth: 5, color: [255, 0, 0] });
  });

  it('a rectangle is the grown box, in red beyond red or in a normalized color', () => {
    const result = rectangle({ lineWidth: 1 }).apply(input(), [1, 1]);
    // The box 2, 2, 5, 5 grows by 0.3 to 1.7, 1.7, 5.3, 5.3, without the digits behind the point.
    expect(drawn(result, [255, 0, 0])).toEqual([
      '.####....',
      '######...',
      '##..##...',
      '##..##...',
      '######...',
      '.####....',
      '.........',
    ]);
    const green = rectangle({ lineWidth: 1, color: [0, 255, 51] }).apply(input(), [1, 1]);
    const color = [0, 1, 0.2].map((part, c) => Math.fround((part - mean[c]!) / std[c]!));
    expect(drawn(green, color as never)).toEqual(drawn(result, [255, 0, 0]));
    expect(rectangle().options).toEqual({ lineWidth: 2, box: 'region' });
  });

  it.each([
    [() => outline({ lineWidth: 101 }), /lineWidth is 101/],
    [() => outline({ color: [1, 2] as never }), /parts of color/],
    [() => outline({ color: [1, 2, -1] }), /part of color is -1/],
    [() => outline({ color: [1, 2, 256] }), /part of color is 256/],
    [() => rectangle({ lineWidth: -1 }), /lineWidth is -1/],
    [() => rectangle({ box: 'all' as never }), /box is "all"/],
    [() => colorize({ background: 2 }), /background is 2/],
    [() => darken({ background: -1 }), /background is -1/],
    [() => shift({} as never), /by is undefined/],
    [() => crop({ context: -1 }), /context is -1/],
    [() => crop({ box: 'all' as never }), /box is "all"/],
  ])('refuse %#', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('crop', () => {
  const numbered = Float32Array.from({ length: 3 * plane }, (_, i) => i + 1);
  const cropped = (context: number, size: readonly [number, number], region = mask) => {
    const result = crop({ context }).apply(input({ pixels: numbered, mask: region }), size);
    expect([result.height, result.width]).toEqual(size);
    const [h, w] = size;
    return Array.from({ length: h }, (_, y) => [...result.pixels.subarray(y * w, (y + 1) * w)]);
  };

  it('cuts out the region, and scales it by nearest neighbours', () => {
    const index = (x: number, y: number) => y * width + x + 1;
    expect(cropped(0, [3, 3])).toEqual([2, 3, 4].map((y) => [2, 3, 4].map((x) => index(x, y))));
    expect(cropped(0.33, [4, 4])).toEqual(
      [1, 2, 3, 4].map((y) => [1, 2, 3, 4].map((x) => index(x, y))),
    );
    expect(cropped(0, [6, 3])[5]).toEqual([2, 3, 4].map((x) => index(x, 4)));
    // The whole, padded to a square of 9 x 9: row 4 is its middle.
    expect(cropped(9, [9, 9])[4]).toEqual(Array.from({ length: 9 }, (_, x) => index(x, 3)));
    const { pixels: all, mask: inside } = crop({ context: 0 }).apply(
      input({ pixels: numbered }),
      [3, 3],
    );
    expect([...all.subarray(9, 12)]).toEqual([2, 3, 4].map((x) => index(x, 2) + plane));
    expect([...all.subarray(18, 21)]).toEqual([2, 3, 4].map((x) => index(x, 2) + 2 * plane));
    expect([...inside]).toEqual([1, 1, 1, 1, 0.25, 1, 1, 1, 1]);
  });

  it('pads what is not square with the mean color', () => {
    const wide = at([
      '.........',
      '.........',
      '.........',
      '.#####...',
      '.........',
      '.........',
      '.........',
    ]);
    const rows = cropped(0, [5, 5], wide);
    expect(rows.map((row) => row.filter((value) => value !== 0).length)).toEqual([0, 0, 5, 0, 0]);
    const tall = at([
      '.........',
      '....#....',
      '....#....',
      '....#....',
      '.........',
      '.........',
      '.........',
    ]);
    expect(cropped(0, [3, 3], tall).map((row) => row.map((value) => (value ? 1 : 0)))).toEqual([
      [0, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  it('refuses a region without a pixel', () => {
    expect(() => cropped(0, [3, 3], new Float32Array(plane))).toThrow(/empty/);
  });
});

describe('supportMask', () => {
  const config = { visionConfig: { patchSize: 2, numHiddenLayers: 3 } } as ClipSegConfig;
  // Patches: all, a half, none; a quarter, none, all.
  const region = {
    size: [4, 6] as const,
    mask: at(['###...', '###...', '....##', '#...##']),
  };
  const logs = [1, 0.5, 0, 0.25, 0, 1].map((weight) => (weight ? Math.log(weight) : -30_000));
  const tokens = 7;
  const row = (values: Float32Array, layer: number, query: number) => [
    ...values.subarray((layer * tokens + query) * tokens, (layer * tokens + query + 1) * tokens),
  ];

  it('adds the logarithm of what is inside of a patch to what the class token sees', () => {
    const made = supportMask(config, region);
    expect(made.tokens).toBe(7);
    expect(made.factor.every((value) => value === 1)).toBe(true);
    for (const layer of [0, 1, 2]) {
      const [own, ...seen] = row(made.bias, layer, 0);
      expect(own).toBe(0);
      for (const [i, value] of seen.entries()) expect(value).toBeCloseTo(logs[i]!, 3);
      for (let query = 1; query < 7; query++)
        expect(row(made.bias, layer, query)).toEqual(Array(7).fill(0));
    }
  });

  it('or multiplies by the corner of each patch, of all patches, in some blocks', () => {
    const made = supportMask(config, region, {
      form: 'multiplicative',
      attention: 'all',
      layers: [1],
    });
    expect(made.bias.every((value) => value === 0)).toBe(true);
    expect(row(made.factor, 0, 3)).toEqual(Array(7).fill(1));
    expect(row(made.factor, 1, 0)).toEqual(Array(7).fill(1));
    for (let query = 1; query < 7; query++) {
      expect(row(made.factor, 1, query)).toEqual([1, 1, 1, 0, 0, 0, 1]);
    }
    expect(row(made.factor, 2, 6)).toEqual(Array(7).fill(1));
  });

  it.each([[[3]], [[-1]], [[0.5]], [5]])('has no blocks %j', (layers) => {
    expect(() => supportMask(config, region, { layers: layers as never })).toThrow(/0 to 2/);
  });

  it('refuses a region without a patch', () => {
    const empty = { ...region, mask: new Float32Array(24) };
    expect(() => supportMask(config, empty)).toThrow(/no patch of 2 pixels/);
    const corner = at(['......', '......', '......', '.#....']); // no patch's corner
    expect(() =>
      supportMask(config, { ...region, mask: corner }, { form: 'multiplicative' }),
    ).toThrow(/no patch/);
    expect(() => supportMask(config, { ...region, mask: corner })).not.toThrow();
  });
});
