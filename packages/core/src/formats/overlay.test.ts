import { describe, expect, it } from 'vitest';
import { fromMaskPng } from './index.js';
import { overlay, toOverlayPng } from './overlay.js';
import { palette } from './palette.js';
import { toRgba } from './picture.js';

const size = { width: 240, height: 160 };
const image = { ...size, channels: 1, data: new Uint8Array(38_400).fill(100) } as const;
const box = (x0: number, y0: number, x1: number, y1: number) =>
  Uint8Array.from({ length: 38_400 }, (_, i) => {
    const [x, y] = [i % 240, Math.floor(i / 240)];
    return x >= x0 && x < x1 && y >= y0 && y < y1 ? 1 : 0;
  });
const plain = { legend: false, outline: 0 } as const;
const at = ({ data }: { data: ArrayLike<number> }, x: number, y: number) =>
  [0, 1, 2].map((c) => data[4 * (y * 240 + x) + c]);
const mask = box(100, 50, 140, 90);
const red = { mask: () => mask, color: [255, 0, 0] } as const;

describe('overlay', () => {
  it('tints by 45 % with the colors of the palette', () => {
    const result = overlay(image, [{ mask: () => mask }, { mask: () => box(0, 0, 10, 10) }], plain);
    const tinted = (color: readonly number[]) => color.map((c) => Math.round(55 + 0.45 * c));
    const near = (found: unknown[], expected: number[]) =>
      expected.every((value, c) => Math.abs(value - Number(found[c])) <= 1);
    expect(near(at(result, 120, 70), tinted(palette[0]!))).toBe(true);
    expect(near(at(result, 5, 5), tinted(palette[1]!))).toBe(true);
    expect(at(result, 50, 50)).toEqual([100, 100, 100]);
    expect(image.data.every((level) => level === 100)).toBe(true);
  });

  it('tints by an alpha where there is one', () => {
    const alpha = mask.map((inside) => (inside ? 51 : 0));
    const result = overlay(image, [{ ...red, alpha }], { ...plain, opacity: 0.5 });
    expect(at(result, 120, 70)).toEqual([116, 90, 90]); // a tenth
    expect(at(result, 20, 20)).toEqual([100, 100, 100]);
  });

  it('darkens what no layer covers', () => {
    const alpha = mask.map((inside) => (inside ? 102 : 0)); // 0.4
    const layers = [
      { ...red, alpha },
      { ...red, mask: () => box(0, 0, 10, 10) },
    ];
    const result = overlay(image, layers, { ...plain, opacity: 0, dim: 0.5 });
    expect(at(result, 5, 5)).toEqual([100, 100, 100]);
    expect(at(result, 120, 70)).toEqual([70, 70, 70]);
    expect(at(result, 200, 150)).toEqual([50, 50, 50]);
  });

  it('outlines by a 350th of the longer side, a pixel at least', () => {
    const outlined = (width?: number) => {
      const options = width === undefined ? {} : { outline: width };
      const result = overlay(image, [red], { legend: false, opacity: 0, ...options });
      // Across the left edge at x = 100.
      return Array.from({ length: 12 }, (_, k) => Number(at(result, 94 + k, 70)[0]) - 100);
    };
    expect(outlined(0)).toEqual(Array(12).fill(0));
    const ink = (row: number[]) => row.reduce((sum, value) => sum + value, 0) / 155;
    expect(ink(outlined())).toBeCloseTo(1, 1);
    expect(ink(outlined(4))).toBeCloseTo(4, 1);
    const large = { width: 1400, height: 20, channels: 1, data: new Uint8Array(28_000) } as const;
    const half = large.data.map((_, i) => (i % 1400 < 700 ? 1 : 0));
    const row = overlay(large, [{ ...red, mask: () => half }], { legend: false, opacity: 0 }).data;
    const levels = Array.from({ length: 1400 }, (_, x) => row[4 * (10 * 1400 + x)]!);
    expect(levels.slice(690, 710).reduce((a, b) => a + b, 0) / 255).toBeCloseTo(4, 1);
  });

  it('has its legend in the corner where it hides least', () => {
    const whereIs = (covered: Uint8Array, legend?: 'auto' | 'bottom-left' | 'top-right') => {
      const layers = [{ label: 'cat', color: [255, 0, 0] as const, mask: () => covered }];
      const options = { opacity: 0, outline: 0 } as const;
      const bare = overlay(image, layers, { ...options, legend: false });
      const full = overlay(image, layers, { ...options, ...(legend && { legend }) });
      const changed = [...full.data.keys()].filter((i) => full.data[i] !== bare.data[i]);
      const [x, y] = [(changed[0]! >> 2) % 240, Math.floor((changed[0]! >> 2) / 240)];
      return `${y < 80 ? 'top' : 'bottom'}-${x < 120 ? 'left' : 'right'}`;
    };
    expect(whereIs(new Uint8Array(38_400))).toBe('top-left');
    expect(whereIs(box(0, 0, 60, 60))).toBe('top-right');
    expect(whereIs(box(0, 0, 240, 60))).toBe('bottom-left');
    expect(whereIs(box(0, 0, 240, 60).map((v, i) => v || (i % 240 < 60 ? 1 : 0)))).toBe(
      'bottom-right',
    );
    expect(whereIs(box(4, 4, 5, 5))).toBe('top-right'); // one pixel counts
    expect(whereIs(box(0, 0, 60, 60), 'auto')).toBe('top-right');
    expect(whereIs(box(0, 0, 240, 160), 'bottom-left')).toBe('bottom-left');
    // What the legend would hide counts, not all that is in that half.
    expect(whereIs(box(90, 0, 120, 160))).toBe('top-left');
  });

  it('leaves layers without a label out of the legend', () => {
    const none = overlay(image, [red], { opacity: 0, outline: 0 });
    expect(none.data).toEqual(toRgba(image).data);
    const some = overlay(image, [red, { ...red, label: 'cat' }], { opacity: 0, outline: 0 });
    const one = overlay(image, [{ ...red, label: 'cat' }], { opacity: 0, outline: 0 });
    expect(some.data).toEqual(one.data);
  });

  it.each([
    [[{ mask: () => new Uint8Array(3) }], {}, /mask of layer 0 has 3 values/],
    [[{ mask }], {}, /mask of layer 0 is Uint8Array\(38400\), not a function/],
    [[red, { label: 'cat', mask: () => new Uint8Array(3) }], {}, /mask of cat has 3 values/],
    [[{ ...red, alpha: new Uint8Array(3) }], {}, /alpha of layer 0 has 3 values/],
    [[{ ...red, label: 'cat', alpha: new Uint8Array(3) }], {}, /alpha of cat/],
    [[{ ...red, color: [1, 2] }], {}, /color is/],
    [[null], {}, /Layer 0/],
    [[], { opacity: 2 }, /opacity is 2/],
    [[], { dim: -1 }, /dim is -1/],
    [[], { outline: -1 }, /outline is -1/],
    [[], { legend: 'left' }, /legend is "left"/],
    [5, {}, /layers/],
  ])('refuses %#', (layers, options, message) => {
    expect(() => overlay(image, layers as never, options as never)).toThrow(message);
  });

  it('can be a PNG', () => {
    const png = toOverlayPng(image, [red], plain);
    expect([...png.subarray(1, 4)]).toEqual([80, 78, 71]);
    expect(() => fromMaskPng(png)).toThrow(/3 channels/);
  });
});
