import type { Region } from '@clipseg/core';
import { imageMask, regionMask } from '@clipseg/core/raster';
import { describe, expect, it } from 'vitest';

const size = { width: 8, height: 6 };
const area = (region: Region) => regionMask(region, size).reduce((sum, inside) => sum + inside, 0);
const rows = (region: Region) => {
  const mask = regionMask(region, size);
  return Array.from({ length: size.height }, (_, y) => mask.subarray(y * 8, y * 8 + 8).join(''));
};

describe('regionMask', () => {
  it('box, ends not included, cut off at the edges', () => {
    const box = [2, 1, 5, 3] as const;
    expect(rows({ box })).toEqual([
      '00000000',
      '00111000',
      '00111000',
      ...Array(3).fill('00000000'),
    ]);
    expect(area({ box: [-5, -5, 100, 100] })).toBe(48);
  });
  it('point with radius', () => {
    expect(area({ point: [4, 3], radius: 0.8 })).toBe(4); // the four pixels around a corner
    expect(area({ point: [4.5, 3.5], radius: 0.1 })).toBe(1);
  });
  it('polygon, by the even-odd rule', () => {
    const square = [
      [1, 1],
      [5, 1],
      [5, 5],
      [1, 5],
    ] as const;
    expect(area({ polygon: square })).toBe(16);
    expect(
      area({
        polygon: [
          [0, 0],
          [8, 0],
          [0, 6],
        ],
      }),
    ).toBeGreaterThan(20);
  });
  it('scribble, a line or a dot', () => {
    expect(
      rows({
        scribble: [
          [0.5, 2.5],
          [7.5, 2.5],
        ],
        lineWidth: 1,
      })[2],
    ).toBe('11111111');
    expect(area({ scribble: [[4, 3]], lineWidth: 1.6 })).toBe(4);
  });
  it('mask, inside where not 0, a copy', () => {
    const mask = new Uint8Array(48);
    mask.set([255, 0, 7]);
    const result = regionMask({ mask }, size);
    expect([...result.subarray(0, 3)]).toEqual([1, 0, 1]);
    expect(result).not.toBe(mask);
  });

  it.each([
    [null, /is null, not an object/],
    [{}, /is no \{ mask \}/],
    [{ mask: new Uint8Array(5) }, /5 values, not of 8 x 6/],
    [{ mask: [1] }, /no Uint8Array/],
    [{ mask: new Uint8Array(48) }, /holds no pixel/],
    [{ box: [1, 2, 3] }, /not \[x0, y0, x1, y1\]/],
    [{ box: [1, 2, 3, Number.NaN] }, /not \[x0, y0, x1, y1\]/],
    [{ box: [Number.NaN, 2, 3, 4] }, /not \[x0, y0, x1, y1\]/],
    [{ box: [5, 5, 2, 2] }, /holds no pixel/],
    [{ box: [5, 1, 2, 4] }, /holds no pixel/], // one side reversed
    [{ box: [1, 5, 4, 2] }, /holds no pixel/],
    [{ box: [2, 1, 2, 4] }, /holds no pixel/],
    [{ box: [1, 3, 4, 3] }, /holds no pixel/],
    [{ box: [100, 100, 200, 200] }, /holds no pixel/],
    [{ point: [1, Number.NaN], radius: 1 }, /point/],
    [{ point: [Number.NaN, 1], radius: 1 }, /point/],
    [{ point: [1, 1, 1], radius: 1 }, /point/],
    [{ point: { 0: 1, 1: 1, length: 2 }, radius: 1 }, /point/],
    [{ point: [1, 1] }, /radius/],
    [{ point: [1, 1], radius: 0 }, /radius/],
    [{ point: [1, 1], radius: '1' }, /radius/],
    [{ point: [1, 1], radius: -1 }, /radius/],
    [
      {
        polygon: [
          [0, 0],
          [1, 1],
        ],
      },
      /at least 3 points/,
    ],
    [
      {
        polygon: [
          [0, 0],
          [9, 0],
          [0, 9],
          [1, Number.NaN],
        ],
      },
      /at least 3 points/,
    ],
    [{ polygon: [undefined, [0, 0], [9, 0], [0, 9]] }, /at least 3 points/],
    [{ scribble: [], lineWidth: 1 }, /at least 1/],
    [{ scribble: [[1, 1]] }, /lineWidth/],
  ])('%j is refused', (region, message) => {
    expect(() => regionMask(region as Region, size)).toThrow(message);
    expect(() => regionMask(region as Region, size)).toThrow(/^The region /);
  });
});

describe('imageMask', () => {
  it('is inside where the first channel is 128 or more', () => {
    const grey = {
      width: 2,
      height: 2,
      channels: 1,
      data: Uint8Array.of(0, 127, 128, 255),
    } as const;
    expect([...imageMask(grey)]).toEqual([0, 0, 1, 1]);
    const data = Uint8Array.of(200, 0, 0, 0, 255, 255, 128, 1, 1);
    expect([...imageMask({ width: 3, height: 1, channels: 3, data })]).toEqual([1, 0, 1]);
  });

  it('refuses what is not a picture', () => {
    expect(() => imageMask({ width: 2, height: 2 } as never)).toThrow(/undefined channels/);
  });
});
