import { describe, expect, it } from 'vitest';
import { emptyImage, type RgbaImage } from './picture.js';
import { drawText, fillPanel, fitText, textWidth } from './text.js';

const white = [255, 255, 255] as const;
const inkOf = ({ data }: RgbaImage) =>
  data.filter((_, i) => i % 4 === 3).reduce((a, b) => a + b, 0) / 255;
const drawn = (
  text: string,
  at: readonly [number, number],
  font: number,
  width = 80,
  height = 60,
) => {
  const image = emptyImage({ width, height });
  drawText(image, text, at, font, white);
  return image;
};
/** How much of each pixel is within a box. */
const boxed = (x: number, y: number, [x0, y0, x1, y1]: readonly number[]) =>
  Math.max(0, Math.min(x + 1, x1!) - Math.max(x, x0!)) *
  Math.max(0, Math.min(y + 1, y1!) - Math.max(y, y0!));

describe('drawText', () => {
  it('fills outlines by the part of a pixel that they cover', () => {
    // The frame of a character that the font lacks: units of 1/128 of the font size.
    for (const [left, base, font] of [
      [10, 40, 32],
      [10.3, 40.6, 32],
      [5.25, 30.5, 21],
    ] as const) {
      const image = drawn('\u{1f600}', [left, base], font);
      const at = (values: readonly number[]) =>
        values.map((value, i) => (value * font) / 128 + (i % 2 === 0 ? left : base));
      const [outer, inner] = [at([8, -88, 64, 0]), at([16, -80, 56, -8])];
      for (let i = 0; i < 80 * 60; i++) {
        const [x, y] = [i % 80, Math.floor(i / 80)];
        const expected = 255 * (boxed(x, y, outer) - boxed(x, y, inner));
        expect(Math.abs(image.data[4 * i + 3]! - expected)).toBeLessThan(1.5);
      }
    }
  });

  it('has as much ink wherever it stands, and four times as much at twice the size', () => {
    for (const text of ['A', 'x/', 'Ö&', '8%']) {
      const ink = inkOf(drawn(text, [4, 30], 20));
      expect(ink).toBeGreaterThan(10);
      for (const [x, y] of [
        [4.37, 30],
        [4, 30.61],
        [9.82, 33.14],
      ] as const) {
        expect(Math.abs(inkOf(drawn(text, [x, y], 20)) - ink)).toBeLessThan(0.02 * ink);
      }
      const large = inkOf(drawn(text, [4, 50], 40));
      expect(Math.abs(large - 4 * ink)).toBeLessThan(0.08 * ink);
    }
  });

  it('draws slanted lines where they are', () => {
    // A slash leans to the right: its ink moves left from row to row, evenly.
    const image = drawn('/', [10, 40], 40);
    const middles: number[] = [];
    for (let y = 15; y < 40; y++) {
      let [sum, weighted] = [0, 0];
      for (let x = 0; x < 80; x++) {
        const level = image.data[4 * (y * 80 + x) + 3]!;
        sum += level;
        weighted += level * (x + 0.5);
      }
      middles.push(weighted / sum);
    }
    const steps = middles.slice(1).map((middle, i) => middle - middles[i]!);
    const mean = steps.reduce((a, b) => a + b, 0) / steps.length;
    expect(mean).toBeLessThan(-0.2);
    for (const step of steps) expect(Math.abs(step - mean)).toBeLessThan(0.05);
  });

  it('goes from letter to letter by their widths', () => {
    const both = drawn('ab', [5, 40], 30);
    const apart = drawn('a', [5, 40], 30);
    drawText(apart, 'b', [5 + textWidth('a', 30), 40], 30, white);
    expect(both.data).toEqual(apart.data);
  });

  it('takes letters with marks, composed or not, and drops marks that the font lacks', () => {
    expect(drawn('o\u0308', [5, 40], 30).data).toEqual(drawn('ö', [5, 40], 30).data);
    expect(drawn('ö', [5, 40], 30).data).not.toEqual(drawn('o', [5, 40], 30).data);
    expect(drawn('ṩ', [5, 40], 30).data).toEqual(drawn('s', [5, 40], 30).data);
  });

  it('leaves out what is outside of the picture', () => {
    const whole = drawn('M', [20, 30], 30);
    for (const [x, y] of [
      [-8, 30],
      [70, 30],
      [20, 8],
      [20, 70],
    ] as const) {
      const cut = drawn('M', [x, y], 30);
      expect(inkOf(cut)).toBeLessThan(inkOf(whole));
      expect(inkOf(cut)).toBeGreaterThan(0);
      for (let i = 0; i < 80 * 60; i++) {
        const [u, v] = [(i % 80) - x + 20, Math.floor(i / 80) - y + 30];
        const inside = u >= 0 && v >= 0 && u < 80 && v < 60;
        expect(cut.data[4 * i + 3]).toBe(inside ? whole.data[4 * (v * 80 + u) + 3] : 0);
      }
    }
    expect(inkOf(drawn(' ', [5, 40], 30))).toBe(0);
  });
});

describe('textWidth and fitText', () => {
  it('widths grow with letters and size', () => {
    expect(textWidth('', 20)).toBe(0);
    expect(textWidth('ab', 20)).toBeCloseTo(textWidth('a', 20) + textWidth('b', 20), 12);
    expect(textWidth('ab', 40)).toBeCloseTo(2 * textWidth('ab', 20), 12);
    expect(textWidth('\u{1f600}', 128)).toBe(72);
  });

  it('cuts what is too wide, with an ellipsis', () => {
    const width = textWidth('a long label', 20);
    expect(fitText('a long label', 20, width)).toBe('a long label');
    const cut = fitText('a long label', 20, width - 0.01);
    expect(cut).toMatch(/^a long.*\.\.\.$/);
    expect(textWidth(cut, 20)).toBeLessThanOrEqual(width);
    const one = `${'a long label'.slice(0, cut.length - 2)}...`;
    expect(textWidth(one, 20)).toBeGreaterThan(width - 0.01);
    expect(fitText('a long label', 20, textWidth('a ...', 20))).toBe('a...');
    expect(fitText('label', 20, 1)).toBe('...');
  });
});

describe('fillPanel', () => {
  it('fills a box, with round corners', () => {
    const image = emptyImage({ width: 30, height: 20 });
    fillPanel(image, [4, 3, 24, 15], { radius: 5, color: [10, 20, 30], opacity: 0.5 });
    for (let i = 0; i < 600; i++) {
      const [u, v] = [(i % 30) + 0.5, Math.floor(i / 30) + 0.5];
      // The distance to the box that is smaller by the radius.
      const [dx, dy] = [Math.max(9 - u, u - 19, 0), Math.max(8 - v, v - 10, 0)];
      const within = u > 4 && u < 24 && v > 3 && v < 15;
      const covered = within ? Math.min(1, Math.max(0, 5 - Math.hypot(dx, dy) + 0.5)) : 0;
      expect(Math.abs(image.data[4 * i + 3]! - 127.5 * covered)).toBeLessThan(1.01);
    }
    expect([...image.data.subarray(4 * (9 * 30 + 14), 4 * (9 * 30 + 14) + 3)]).toEqual([5, 10, 15]);
  });

  it('that leaves the picture is cut off', () => {
    const image = emptyImage({ width: 3, height: 2 });
    fillPanel(image, [-9, -9, 12, 11], { radius: 1, color: white, opacity: 1 });
    expect(image.data.every((level) => level === 255)).toBe(true);
  });
});
