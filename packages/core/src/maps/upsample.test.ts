import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUpsampler, upsampleBilinear } from './upsample.js';

/** What torch's F.interpolate(mode='bilinear', align_corners=False) does, pixel by pixel. */
function bilinear(map: Float32Array, [h, w]: number[], [height, width]: number[]): number[] {
  const between = (at: number, from: number, to: number): [number, number, number] => {
    const position = Math.max(0, ((at + 0.5) * from) / to - 0.5);
    const low = Math.floor(position);
    return [low, Math.min(from - 1, low + 1), position - low];
  };
  return Array.from({ length: height! * width! }, (_, i) => {
    const [top, bottom, v] = between(Math.floor(i / width!), h!, height!);
    const [left, right, u] = between(i % width!, w!, width!);
    const upper = map[top * w! + left]! * (1 - u) + map[top * w! + right]! * u;
    const lower = map[bottom * w! + left]! * (1 - u) + map[bottom * w! + right]! * u;
    return upper * (1 - v) + lower * v;
  });
}

const side = fc.integer({ min: 1, max: 9 });
const noise = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 7919) % 23) - 11);

describe('upsampleBilinear', () => {
  it('is what torch does, larger and smaller', () => {
    const check = (h: number, w: number, height: number, width: number) => {
      const map = noise(h * w);
      const found = upsampleBilinear(map, [h, w], [height, width]);
      const expected = bilinear(map, [h, w], [height, width]);
      for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 4);
    };
    fc.assert(fc.property(side, side, side, side, check));
  });

  it('of the same size is a copy', () => {
    const map = noise(6);
    const found = upsampleBilinear(map, [2, 3], [2, 3]);
    expect(found).toEqual(map);
    expect(found).not.toBe(map);
  });

  it('refuses a map of another size', () => {
    expect(() => upsampleBilinear(noise(5), [2, 3], [4, 4])).toThrow(/5 values, not 2 x 3/);
    expect(() => upsampleBilinear([1] as never, [1, 1], [4, 4])).toThrow(/1 values, not 1 x 1/);
    expect(() => upsampleBilinear(undefined as never, [1, 1], [4, 4])).toThrow(/The map has/);
  });
});

describe('createUpsampler', () => {
  it('gives rows in any order, and parts of them', () => {
    for (const [h, w] of [
      [3, 4],
      [7, 10],
    ] as const) {
      const map = noise(h * w);
      const whole = upsampleBilinear(map, [h, w], [7, 10]);
      const upsampler = createUpsampler(map, [h, w], [7, 10]);
      for (const y of [3, 2, 6, 0, 5, 4, 4, 1]) {
        const row = new Float32Array(10);
        upsampler.row(y, row);
        expect(row).toEqual(whole.slice(y * 10, y * 10 + 10));
        const part = new Float32Array(10).fill(99);
        upsampler.row(y, part, 2, 7);
        const expected = new Float32Array(10).fill(99);
        expected.set(whole.subarray(y * 10 + 2, y * 10 + 7), 2);
        expect(part).toEqual(expected);
      }
    }
  });
});
