import { dilate, distances, erode } from '@clipseg/core/raster';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MaskAndSize, maskAndSize, pixelsOf } from '../../test/masks/arbitraries.js';

/** Squared distance of every pixel to the next of some, by trying all of them. */
function bruteForce({ size }: MaskAndSize, targets: readonly [number, number][]): number[] {
  return Array.from({ length: size.width * size.height }, (_, i) => {
    const [x, y] = [i % size.width, Math.floor(i / size.width)];
    return Math.min(
      ...targets.map(([u, v]) => (x - u) ** 2 + (y - v) ** 2),
      Number.POSITIVE_INFINITY,
    );
  });
}

describe('distances', () => {
  it('are those found by trying every pixel', () => {
    const check = (one: MaskAndSize) => {
      for (const [to, value] of [
        ['inside', 1],
        ['outside', 0],
      ] as const) {
        const found = distances(one.mask, one.size, { to });
        expect(found).toEqual(Float32Array.from(bruteForce(one, pixelsOf(one, value)), Math.sqrt));
      }
    };
    fc.assert(fc.property(maskAndSize(), check));
  });

  it('of columns and rows longer than 255 and 65535 pixels', () => {
    for (const length of [300, 70_000]) {
      const mask = new Uint8Array(length);
      mask[length - 1] = 9;
      for (const [width, height] of [
        [1, length],
        [length, 1],
      ] as const) {
        const found = distances(mask, { width, height });
        expect(found[0]).toBe(length - 1);
        expect(found[length - 2]).toBe(1);
      }
    }
  });
});

const radius = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.double({ min: 0, max: 9, noNaN: true }),
);

describe('discs', () => {
  it('grow and shrink a mask by all pixels within the radius, for any radius', () => {
    const check = (one: MaskAndSize, r: number) => {
      const within = (value: number) =>
        bruteForce(one, pixelsOf(one, value)).map((d) => Number(d <= r * r));
      expect([...dilate(one.mask, one.size, r)]).toEqual(within(1));
      expect([...erode(one.mask, one.size, r)]).toEqual(within(0).map((out) => 1 - out));
    };
    fc.assert(fc.property(maskAndSize(), radius, check));
  });

  it('of a radius beyond what a byte holds', () => {
    const [width, height] = [3, 700];
    const mask = new Uint8Array(width * height);
    mask[1] = 1;
    const grown = dilate(mask, { width, height }, 300);
    expect(grown.reduce((sum, inside) => sum + inside, 0)).toBe(301 + 2 * 300);
  });

  it('give a new mask of 0 and 1', () => {
    const mask = Uint8Array.of(0, 200, 0, 0);
    expect([...dilate(mask, { width: 4, height: 1 }, 1)]).toEqual([1, 1, 1, 0]);
    expect([...erode(mask, { width: 4, height: 1 }, 0)]).toEqual([0, 1, 0, 0]);
    expect([...mask]).toEqual([0, 200, 0, 0]);
  });

  it('refuse what is no radius and no mask', () => {
    for (const odd of [-1, Number.NaN, Number.POSITIVE_INFINITY, '3']) {
      const call = () => dilate(new Uint8Array(1), { width: 1, height: 1 }, odd as number);
      const shown = typeof odd === 'string' ? `the text "${odd}"` : odd;
      expect(call).toThrow(`radius is ${shown}, not a number from 0.`);
    }
    expect(() => distances([1] as never, { width: 1, height: 1 })).toThrow(/no Uint8Array/);
  });
});
