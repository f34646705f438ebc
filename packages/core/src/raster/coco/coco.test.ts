import { readFileSync } from 'node:fs';
import {
  cocoArea,
  cocoBox,
  cocoPolygonMask,
  decodeCocoRle,
  encodeCocoRle,
} from '@clipseg/core/raster';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAndSize } from '../../../test/masks/arbitraries.js';

interface Golden {
  readonly rle: readonly {
    readonly size: readonly [number, number];
    readonly mask_row_major: string;
    readonly counts: readonly number[];
    readonly compressed: string;
    readonly area: number;
    readonly bbox_xywh: readonly number[];
  }[];
  readonly polygons: readonly {
    readonly polygon: readonly number[];
    readonly size: readonly [number, number];
    readonly compressed: string;
    readonly area: number;
  }[];
}

const file = new URL('../../../../../fixtures/coco_masks.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));

describe('COCO run lengths equal pycocotools', () => {
  it.each(golden.rle)('of $size', (one) => {
    const [height, width] = one.size;
    const mask = Uint8Array.from(one.mask_row_major, Number);
    const { size, counts, compressed } = one;
    expect(encodeCocoRle(mask, { width, height })).toEqual({ size, counts: compressed });
    const plain = encodeCocoRle(mask, { width, height }, { compressed: false });
    expect(plain).toEqual({ size, counts });
    for (const rle of [
      { size, counts },
      { size, counts: compressed },
    ]) {
      expect(decodeCocoRle(rle)).toEqual(mask);
      expect(cocoArea(rle)).toBe(one.area);
      expect(cocoBox(rle)).toEqual(one.bbox_xywh);
    }
  });

  it('any mask comes back, with its area and box', () => {
    const check = ({
      mask,
      size,
    }: {
      mask: Uint8Array;
      size: { width: number; height: number };
    }) => {
      const rle = encodeCocoRle(mask, size);
      expect(decodeCocoRle(rle)).toEqual(mask);
      expect(decodeCocoRle(encodeCocoRle(mask, size, { compressed: false }))).toEqual(mask);
      const at = [...mask.keys()].filter((i) => mask[i]);
      expect(cocoArea(rle)).toBe(at.length);
      const [xs, ys] = [at.map((i) => i % size.width), at.map((i) => Math.floor(i / size.width))];
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      const box = [x, y, Math.max(...xs) - x + 1, Math.max(...ys) - y + 1];
      expect(cocoBox(rle)).toEqual(at.length === 0 ? [0, 0, 0, 0] : box);
    };
    fc.assert(fc.property(maskAndSize(), check));
  });

  it('takes anything but 0 for inside, and runs of no pixels', () => {
    const mask = Uint8Array.of(0, 255, 7, 0);
    const rle = encodeCocoRle(mask, { width: 2, height: 2 }, { compressed: false });
    expect(rle.counts).toEqual([1, 2, 1]);
    const counts = [0, 0, 1, 1, 0, 1, 1, 0];
    expect([...decodeCocoRle({ size: [2, 2], counts })]).toEqual([0, 1, 1, 0]);
    expect(cocoBox({ size: [2, 2], counts: [1, 0, 1, 1, 1] })).toEqual([1, 0, 1, 1]);
  });

  it('a mask of noise, in more runs than one call of fromCharCode takes', () => {
    const size = { width: 700, height: 300 };
    const mask = Uint8Array.from({ length: 210_000 }, (_, i) => ((i * 2654435761) >>> 7) & 1);
    expect(decodeCocoRle(encodeCocoRle(mask, size))).toEqual(mask);
  });

  it.each([
    [{ size: [2, 2], counts: '\u0001' }, /holds/],
    [{ size: [2, 2], counts: 'P' }, /ends inside a number/],
    [{ size: [2, 2], counts: 'ooooooooooooooooooooooo1' }, /too long a number/],
    [{ size: [2, 2], counts: '5' }, /leaves the picture/],
    [{ size: [2, 2], counts: '3' }, /covers 3 of 4/],
    [{ size: [2, 2], counts: 'O' }, /has -1 as its run 0/],
    [{ size: [2, 2], counts: '' }, /covers 0 of 4/],
    [{ size: [2, 2], counts: [4, Number.NaN] }, /NaN as its run 1/],
    [{ size: [2, 2], counts: [1.5, 2.5] }, /1.5 as its run 0/],
    [{ size: [2, 2], counts: 7 }, /no counts/],
    [{ size: [2], counts: '4' }, /no size/],
    [{ size: [0, 4], counts: '4' }, /4 x 0/],
    [{ size: [1e9, 1e9], counts: '4' }, /1000000000 x 1000000000/],
    [null, /no size/],
  ])('refuses %j', (rle, message) => {
    const call = () => decodeCocoRle(rle as never);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('never hangs and never throws anything else on text', () => {
    // fast-check's unit `binary` takes half a second to be made.
    const unit = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (counts) => {
        try {
          decodeCocoRle({ size: [3, 5], counts });
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-argument' });
        }
      }),
    );
  });

  it('refuses masks of another size', () => {
    const call = () => encodeCocoRle(new Uint8Array(5), { width: 2, height: 2 });
    expect(call).toThrow('The mask has 5 values, not 2 x 2 = 4.');
  });
});

describe('polygons are filled as pycocotools fills them', () => {
  const filled = (polygon: readonly number[], width: number, height: number) =>
    cocoPolygonMask([polygon], { width, height });

  it.each(golden.polygons)('$polygon', ({ polygon, size: [height, width], compressed, area }) => {
    const rle = encodeCocoRle(filled(polygon, width, height), { width, height });
    expect(rle.counts).toBe(compressed);
    expect(cocoArea(rle)).toBe(area);
  });

  it('a box on whole pixels holds just these, wherever it is cut off', () => {
    const side = fc.integer({ min: -30, max: 30 });
    fc.assert(
      fc.property(side, side, side, side, (a, b, c, d) => {
        const [x0, x1, y0, y1] = [Math.min(a, b), Math.max(a, b), Math.min(c, d), Math.max(c, d)];
        const mask = filled([x0, y0, x1, y0, x1, y1, x0, y1], 17, 13);
        const expected = Uint8Array.from({ length: 17 * 13 }, (_, i) => {
          const [x, y] = [i % 17, Math.floor(i / 17)];
          return x >= x0 && x < x1 && y >= y0 && y < y1 ? 1 : 0;
        });
        expect(mask).toEqual(expected);
      }),
    );
  });

  it('the same, whichever corner comes first', () => {
    const corner = fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.nat(40));
    fc.assert(
      fc.property(fc.array(corner, { minLength: 3, maxLength: 9 }), (corners) => {
        const mask = filled(corners.flat(), 40, 30);
        const turned = [...corners.slice(1), corners[0]!];
        expect(filled(turned.flat(), 40, 30)).toEqual(mask);
      }),
    );
  });

  it('is the union of several, and far away costs nothing', () => {
    const [a, b] = [
      [0, 0, 4, 0, 4, 4, 0, 4],
      [2, 2, 6, 2, 6, 6, 2, 6],
    ];
    const size = { width: 8, height: 8 };
    const both = cocoPolygonMask([a, b], size);
    expect(cocoArea(encodeCocoRle(both, size))).toBe(16 + 16 - 4);
    const huge = filled([-1e8, -1e8, 1e8, -1e8, 1e8, 1e8, -1e8, 1e8], 8, 8);
    expect(huge).toEqual(new Uint8Array(64).fill(1));
    expect(cocoPolygonMask([], size)).toEqual(new Uint8Array(64));
    expect(filled([3, 3, 3, 3, 3, 3], 8, 8)).toEqual(new Uint8Array(64));
  });

  it.each([
    ['x', /no list/],
    [[[1, 2, 3, 4]], /three points in polygon 0/],
    [[[1, 2, 3, 4, 5, 6, 7]], /three points/],
    [[[1, 2, 3, 4, 5, Number.NaN]], /coordinate NaN in polygon 0/],
    [[[1, 2, 3, 4, 5, '6']], /coordinate/],
    [[[1, 2, 3, 4, 5, 1e12]], /coordinate/],
  ])('refuses %j', (polygons, message) => {
    const call = () => cocoPolygonMask(polygons as never, { width: 4, height: 4 });
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
