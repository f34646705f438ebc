import { describe, expect, it } from 'vitest';
import { type Corner, corners, drawLegend, legendSize, legendSizes, placePanel } from './legend.js';
import { emptyImage, type RgbaImage } from './picture.js';
import { textWidth } from './text.js';

const size = { width: 340, height: 272 };
const { font, line, padding, swatch, gap } = legendSizes(size);
const red = [255, 0, 0] as const;
const entries = (count: number, label = 'cat') =>
  Array.from({ length: count }, (_, i) => ({ label: `${label} ${i}`, color: red }));

/** The box around what is drawn. */
function boxOf({ width, data }: RgbaImage, is: (at: number) => boolean): number[] | undefined {
  const drawn = Array.from({ length: data.length / 4 }, (_, i) => i).filter((i) => is(4 * i));
  if (drawn.length === 0) return undefined;
  const [xs, ys] = [drawn.map((i) => i % width), drawn.map((i) => Math.floor(i / width))];
  const ends = (list: number[]) => [Math.min(...list), Math.max(...list) + 1] as const;
  const [[x0, x1], [y0, y1]] = [ends(xs), ends(ys)];
  return [x0, y0, x1, y1];
}
const draw = (count: number, corner: Corner, given = size, label = 'cat') => {
  const image = emptyImage(given);
  drawLegend(image, entries(count, label), corner);
  return image;
};
const isRed =
  ({ data }: RgbaImage) =>
  (at: number) =>
    data[at]! > 200 && data[at + 1]! < 40;

describe('legendSizes', () => {
  it('follow the picture, within reason', () => {
    expect(legendSizes({ width: 680, height: 680 }).font).toBeCloseTo(20, 12);
    expect(legendSizes({ width: 9, height: 9 }).font).toBe(11);
    expect(legendSizes({ width: 9000, height: 9000 }).font).toBe(64);
    expect([line, padding, swatch, gap].map((value) => value / font)).toEqual([
      1.5, 0.6, 0.85, 0.5,
    ]);
  });
});

describe('placePanel', () => {
  it('keeps a margin to its corner', () => {
    const at = corners.map((corner) => placePanel({ width: 100, height: 50 }, corner, [30, 20], 5));
    expect(at).toEqual([
      [5, 5],
      [65, 5],
      [5, 25],
      [65, 25],
    ]);
  });
});

describe('drawLegend', () => {
  it.each(corners)('is as large as it says, at the %s', (corner) => {
    const image = draw(3, corner);
    const [width, height] = legendSize(size, entries(3));
    expect(width).toBeCloseTo(font + 2 * padding + swatch + gap + textWidth('cat 0', font), 9);
    expect(height).toBeCloseTo(font + 2 * padding + 3 * line, 9);
    const [x, y] = placePanel(size, corner, [width - font, height - font], font * 0.8);
    const [x0, y0, x1, y1] = boxOf(image, (at) => image.data[at + 3]! > 90)!;
    expect(Math.abs(x0! - x)).toBeLessThan(1.01);
    expect(Math.abs(y0! - y)).toBeLessThan(1.01);
    expect(Math.abs(x1! - (x + width - font))).toBeLessThan(1.01);
    expect(Math.abs(y1! - (y + height - font))).toBeLessThan(1.01);
  });

  it('has a square of its color before each label, in its line', () => {
    const image = draw(3, 'top-left');
    const [x0, y0, x1, y1] = boxOf(image, isRed(image))!;
    const start = font * 0.8 + padding;
    expect(Math.abs(x0! - start)).toBeLessThan(1.01);
    expect(Math.abs(x1! - start - swatch)).toBeLessThan(1.01);
    expect(Math.abs(y0! - (start + line / 2 - swatch / 2))).toBeLessThan(1.01);
    expect(Math.abs(y1! - (start + 2.5 * line + swatch / 2))).toBeLessThan(1.01);
    const isWhite = (at: number) => image.data[at + 1]! > 200;
    const text = boxOf(image, isWhite)!;
    expect(text[0]).toBeGreaterThan(start + swatch + gap - 1);
    expect(text[2]).toBeLessThan(start + swatch + gap + textWidth('cat 0', font) + 1);
    // The base line of the first label is a third of the font size below the middle of its line.
    const bottom = start + 2.5 * line + font * 0.355;
    expect(Math.abs(text[3]! - bottom)).toBeLessThan(1.6);
  });

  it('says how many more there are where not all fit', () => {
    const rows = Math.floor((size.height - 2 * font - 2 * padding) / line);
    const squares = (count: number) => {
      const image = draw(count, 'top-left');
      const x = Math.round(font * 0.8 + padding + swatch / 2);
      let [runs, before] = [0, false];
      for (let y = 0; y < size.height; y++) {
        const now = isRed(image)(4 * (y * size.width + x));
        if (now && !before) runs++;
        before = now;
      }
      return runs;
    };
    expect(squares(rows)).toBe(rows);
    expect(squares(rows + 1)).toBe(rows - 1);
    const [, whole] = legendSize(size, entries(rows));
    expect(legendSize(size, entries(rows + 30))[1]).toBeCloseTo(whole, 9);
    expect(legendSize(size, entries(rows + 30))[0]).toBeGreaterThanOrEqual(
      font + 2 * padding + swatch + gap + textWidth('and 31 more', font) - 1e-9,
    );
  });

  it('cuts labels that are too long', () => {
    const [width] = legendSize(size, entries(1, 'a very long label '.repeat(9)));
    expect(width).toBeLessThanOrEqual(size.width - font);
    expect(width).toBeGreaterThan(size.width - 3 * font);
  });

  it('is left out where there is no room or nothing to say', () => {
    const blank = (image: RgbaImage) => image.data.every((level) => level === 0);
    expect(blank(draw(0, 'top-left'))).toBe(true);
    const narrow = { width: 70, height: 200 };
    expect(blank(draw(2, 'top-left', narrow))).toBe(true);
    expect(legendSize(narrow, entries(2))).toEqual([11, 11]);
    const low = { width: 300, height: 50 };
    expect(blank(draw(1, 'top-left', low))).toBe(true);
    expect(blank(draw(1, 'top-left', { width: 300, height: 52 }))).toBe(false);
  });
});
