import { describe, expect, it } from 'vitest';
import { scoreMap } from '../maps/scores.js';
import { colorTable } from './color-maps.js';
import { heatMap } from './heat-map.js';
import { emptyImage } from './picture.js';
import { textWidth } from './text.js';

const size = { width: 5, height: 2 };
const values = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0, 0, 0, 0, Number.NaN);
const scores = scoreMap(values, size, 'probability');
const plain = { legend: false } as const;
const pixel = ({ data }: { data: ArrayLike<number> }, i: number) =>
  [0, 1, 2].map((c) => data[4 * i + c]!);

describe('heatMap', () => {
  it('has the color of each probability', () => {
    const table = colorTable('viridis');
    const result = heatMap(scores, plain);
    expect([0, 1, 2, 3, 4, 9].map((i) => pixel(result, i))).toEqual(
      [0, 64, 128, 191, 255, 0].map((i) => table[i]),
    );
    expect([...result.data].filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(
      true,
    );
  });

  it('spreads the colors between min and max', () => {
    const table = colorTable('turbo');
    const result = heatMap(scores, { ...plain, map: 'turbo', min: 0.25, max: 0.75 });
    expect([0, 1, 2, 3, 4].map((i) => pixel(result, i))).toEqual(
      [0, 0, 128, 255, 255].map((i) => table[i]),
    );
  });

  it('reads logits', () => {
    const logits = scoreMap(Float32Array.of(-20, 0, 20), { width: 3, height: 1 }, 'logit');
    const table = colorTable('magma');
    const result = heatMap(logits, { ...plain, map: 'magma' });
    expect([0, 1, 2].map((i) => pixel(result, i))).toEqual([table[0], table[128], table[255]]);
  });

  it('fades over a picture towards the lowest value', () => {
    const image = { ...size, channels: 1, data: new Uint8Array(10).fill(40) } as const;
    const table = colorTable('viridis');
    for (const [opacity, options] of [
      [0.75, {}],
      [0.5, { opacity: 0.5 }],
    ] as const) {
      const result = heatMap(scores, { ...plain, image, ...options });
      for (const [i, share] of [
        [0, 0.3],
        [1, 0.8],
        [2, 1],
        [4, 1],
      ] as const) {
        const color = table[Math.round(values[i]! * 255)]!;
        const expected = color.map((c) => c * opacity * share + 40 * (1 - opacity * share));
        for (const c of [0, 1, 2])
          expect(Math.abs(pixel(result, i)[c]! - expected[c]!)).toBeLessThan(2.5);
      }
    }
  });

  it('has a scale of its colors at the bottom right, with its ends', () => {
    const [width, height] = [340, 272]; // a font of about 9: 11 is used
    const flat = scoreMap(
      new Float32Array(width * height).fill(0.5),
      { width, height },
      'probability',
    );
    const bare = heatMap(flat, plain);
    const font = 11;
    const boxOf = (options: object) => {
      const result = heatMap(flat, options);
      const changed = [...Array(width * height).keys()].filter((i) =>
        [0, 1, 2].some((c) => result.data[4 * i + c] !== bare.data[4 * i + c]),
      );
      const xs = changed.map((i) => i % width);
      const ys = changed.map((i) => Math.floor(i / width));
      return {
        result,
        box: [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1],
      };
    };
    const { result, box } = boxOf({});
    const [panelWidth, panelHeight] = [font * 8 + 1.2 * font, 0.8 * font + 1.3 * font + 1.2 * font];
    const [x, y] = [width - 0.8 * font - panelWidth, height - 0.8 * font - panelHeight].map(
      Math.round,
    );
    for (const [k, expected] of [x!, y!, x! + panelWidth, y! + panelHeight].entries()) {
      expect(Math.abs(box[k]! - expected)).toBeLessThan(1.01);
    }
    // The first and last colors of the table, a padding from the corner of the panel.
    const table = colorTable('viridis');
    const [left, top] = [Math.round(x! + 0.6 * font), Math.round(y! + 0.6 * font)];
    const at = (u: number, v: number) => pixel(result, v * width + u);
    expect(at(left, top)).toEqual(table[0]);
    expect(at(left, top + 8)).toEqual(table[0]);
    expect(at(left + 44, top + 4)).toEqual(table[128]);
    expect(at(left + 87, top)).toEqual(table[Math.floor((87 / 88) * 256)]);
    expect(at(left - 1, top)).not.toEqual(table[0]);
    expect(at(left, top - 1)).not.toEqual(table[0]);
    expect(at(left, top + 9)).not.toEqual(table[0]);
    // Both numbers are white, below the colors, at their ends.
    const white = [...Array(width * height).keys()].filter((i) =>
      pixel(result, i).every((c) => c > 200),
    );
    const columns = white.map((i) => i % width);
    expect(Math.min(...columns)).toBeLessThan(left + 4);
    expect(Math.max(...columns)).toBeGreaterThan(left + 88 - textWidth('1', font));
    expect(Math.max(...columns)).toBeLessThan(left + 88);
    const bottoms = white.map((i) => Math.floor(i / width));
    expect(Math.min(...bottoms)).toBeGreaterThan(top + 8);
    expect(Math.abs(Math.max(...bottoms) + 1 - (top + 0.8 * font + 1.15 * font))).toBeLessThan(1.6);
    expect(boxOf({ legend: 'top-left' }).box.slice(0, 2)).toEqual([9, 9]);
  });

  it('has no scale where it would not fit', () => {
    const bare = (width: number, height: number) => {
      const flat = scoreMap(new Float32Array(width * height), { width, height }, 'probability');
      const [a, b] = [heatMap(flat), heatMap(flat, plain)];
      return a.data.every((level, i) => level === b.data[i]);
    };
    // The panel is 101.2 x 36.3 pixels, and there are 0.8 of the font on each side.
    expect([bare(118, 100), bare(119, 100)]).toEqual([true, false]);
    expect([bare(200, 53), bare(200, 54)]).toEqual([true, false]);
  });

  it.each([
    [{ map: 'jet' }, /map is "jet"/],
    [{ opacity: 2 }, /opacity is 2/],
    [{ min: -1 }, /min is -1/],
    [{ max: 2 }, /max is 2/],
    [{ min: 0.5, max: 0.5 }, /min is 0.5/],
    [{ min: 1 }, /min is 1/],
    [{ legend: 'left' }, /legend is "left"/],
    [{ image: emptyImage({ width: 4, height: 2 }) }, /5 x 2.*4 x 2/],
    [{ image: 7 }, /image|picture/],
  ])('refuses %#', (options, message) => {
    expect(() => heatMap(scores, options as never)).toThrow(message);
  });
});
