import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import {
  fromCategoryPng,
  fromMaskPng,
  fromProbabilityPng,
  toCategoryPng,
  toGreyPng,
  toMaskPng,
  toPng,
  toProbabilityPng,
} from './png.js';

const size = { width: 10, height: 3 };
const mask = Uint8Array.from({ length: 30 }, (_, i) => ((i * 7) % 5 < 2 ? 9 : 0));
const inside = mask.map((value) => (value ? 1 : 0));

describe('masks as PNG', () => {
  it('come back, of every depth; 8 bits by default', () => {
    for (const bits of [1, 8, 16] as const) {
      const file = toMaskPng(mask, size, { bits });
      expect(file[24]).toBe(bits);
      expect(fromMaskPng(file)).toEqual({ ...size, mask: inside });
    }
    expect(toMaskPng(mask, size)).toEqual(toMaskPng(mask, size, { bits: 8 }));
  });

  it('are inside from half of white on', () => {
    const levels = Uint8Array.of(0, 127, 128, 255);
    expect([...fromMaskPng(toGreyPng(levels, { width: 4, height: 1 })).mask]).toEqual([0, 0, 1, 1]);
    const data = Uint16Array.of(32767, 32768);
    const wide = encode({ width: 2, height: 1, channels: 1, depth: 16, data });
    expect([...fromMaskPng(wide).mask]).toEqual([0, 1]);
    // Two bits a pixel: 0, 1, 2, 3 in one byte.
    const few = encode({
      width: 4,
      height: 1,
      channels: 1,
      depth: 2,
      data: Uint8Array.of(0b00011011),
    });
    expect([...fromMaskPng(few).mask]).toEqual([0, 0, 1, 1]);
    expect([...fromCategoryPng(few).data]).toEqual([0, 1, 2, 3]);
    const four = encode({
      width: 3,
      height: 2,
      channels: 1,
      depth: 4,
      data: Uint8Array.of(0x1f, 0x20, 0x34, 0x50),
    });
    expect([...fromCategoryPng(four).data]).toEqual([1, 15, 2, 3, 4, 5]);
  });

  it.each([
    [new Uint8Array(3), {}, /3 values/],
    [mask, { bits: 2 }, /bits is 2/],
    [mask, 5, /options of toMaskPng/],
  ])('are refused: %#', (given, options, message) => {
    expect(() => toMaskPng(given as never, size, options as never)).toThrow(message);
  });
});

describe('probabilities as PNG', () => {
  it('are kept to 16 bits, cut off at 0 and 1', () => {
    const given = Float32Array.of(0, 1, 0.5, 0.25, -1, 2);
    const { probabilities, ...rest } = fromProbabilityPng(
      toProbabilityPng(given, { width: 2, height: 3 }),
    );
    expect(rest).toEqual({ width: 2, height: 3 });
    for (const [i, p] of [0, 1, 0.5, 0.25, 0, 1].entries()) {
      expect(Math.abs(probabilities[i]! - p)).toBeLessThanOrEqual(0.51 / 65535);
    }
    const grey = fromProbabilityPng(toGreyPng(Uint8Array.of(0, 51, 255), { width: 3, height: 1 }));
    expect([...grey.probabilities]).toEqual([0, Math.fround(0.2), 1]);
  });

  it('are refused where they do not fit', () => {
    expect(() => toProbabilityPng([1] as never, { width: 1, height: 1 })).toThrow(/Float32Array/);
    expect(() => toProbabilityPng(new Float32Array(2), { width: 1, height: 1 })).toThrow(/1 x 1/);
    expect(() => toProbabilityPng(new Float32Array(0), { width: 0, height: 1 })).toThrow(/size/);
  });
});

describe('categories as PNG', () => {
  it('have a palette with a color for each, and for those that are given', () => {
    const data = Uint8Array.of(0, 1, 2, 0);
    const file = toCategoryPng({ width: 2, height: 2, data }, [[1, 2, 3]]);
    expect(fromCategoryPng(file)).toEqual({ width: 2, height: 2, data });
    const paletteOf = (png: Uint8Array) => {
      const text = String.fromCharCode(...png);
      const at = text.indexOf('PLTE');
      const length = new DataView(png.buffer, png.byteOffset).getUint32(at - 4);
      return [...png.subarray(at + 4, at + 4 + length)];
    };
    expect(paletteOf(file).slice(0, 6)).toEqual([0, 0, 0, 1, 2, 3]);
    expect(paletteOf(file)).toHaveLength(9);
    const many = toCategoryPng({ width: 2, height: 2, data }, [
      [1, 2, 3],
      [4, 5, 6.6],
      [7, 8, 9],
    ]);
    expect(paletteOf(many).slice(6)).toEqual([4, 5, 7, 7, 8, 9]);
  });

  it.each([
    [{ width: 2, height: 2, data: new Uint8Array(3) }, [], /category mask has 3 values/],
    [{ width: 1, height: 1, data: new Uint8Array(1) }, [[1, 2]], /color is/],
    [{ width: 1, height: 1, data: new Uint8Array(1) }, Array(256).fill([0, 0, 0]), /256/],
    [{ width: 1, height: 1, data: new Uint8Array(1) }, 5, /colors/],
  ])('are refused: %#', (given, colors, message) => {
    expect(() => toCategoryPng(given, colors as never)).toThrow(message);
  });

  it('have at most 8 bits', () => {
    const wide = encode({ width: 1, height: 1, channels: 1, depth: 16, data: Uint16Array.of(1) });
    expect(() => fromCategoryPng(wide)).toThrow(/16 bits/);
  });
});

describe('files that cannot be read', () => {
  it('are not bytes, or not PNG, or of several channels', () => {
    expect(() => fromMaskPng('x' as never)).toThrow(/not bytes/);
    expect(() => fromMaskPng(new Uint8Array(40))).toThrow(/cannot be read/);
    expect(() => fromMaskPng(new Uint8Array(5))).toThrow(/cannot be read/);
    const rgb = toPng({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
    expect(() => fromMaskPng(rgb)).toThrow(/3 channels; a mask has one/);
    expect(() => fromProbabilityPng(rgb)).toThrow(/map of probabilities/);
    const categories = toCategoryPng({ width: 1, height: 1, data: new Uint8Array(1) });
    expect(() => fromMaskPng(categories)).toThrow(/palette/);
  });

  it('claim more pixels than there can be', () => {
    const file = toMaskPng(new Uint8Array(1), { width: 1, height: 1 });
    const claimed = (width: number, height: number) => {
      const copy = file.slice();
      const view = new DataView(copy.buffer);
      view.setUint32(16, width);
      view.setUint32(20, height);
      return () => fromMaskPng(copy);
    };
    expect(claimed(2 ** 14, 2 ** 14 + 1)).toThrow(/more than 268435456 pixels/);
    expect(claimed(2 ** 14, 2 ** 14)).toThrow(/cannot be read/);
    // Not at the beginning of its buffer.
    const within = new Uint8Array(file.length + 7);
    within.set(file, 7);
    expect(fromMaskPng(within.subarray(7)).width).toBe(1);
  });
});

describe('toPng', () => {
  it('leaves out an alpha that says nothing', () => {
    const channelsOf = (png: Uint8Array) => ({ 0: 1, 2: 3, 6: 4 })[png[25]!];
    const rgba = (alpha: number) => {
      const data = Uint8Array.of(1, 2, 3, 255, 4, 5, 6, alpha);
      return toPng({ width: 2, height: 1, channels: 4, data });
    };
    expect([channelsOf(rgba(255)), channelsOf(rgba(254))]).toEqual([3, 4]);
    const rgb = {
      width: 2,
      height: 1,
      channels: 3,
      data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    } as const;
    expect(rgba(255)).toEqual(toPng(rgb));
    expect(() => toPng({ ...rgb, width: 3 })).toThrow(/6 bytes/);
  });
});
