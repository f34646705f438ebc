import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { upsampleBilinear } from './upsample.js';
import { aboveUpsampled, upsampledScores } from './upsampled-scores.js';

const noise = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => (((i + seed) * 7919) % 23) - 11);

describe('aboveUpsampled', () => {
  it('is what comparing every stretched pixel gives, for cells of any size', () => {
    const side = fc.integer({ min: 1, max: 7 });
    const factor = fc.constantFrom(1, 2, 5, 6, 8, 9.5);
    const limit = fc.integer({ min: -12, max: 12 });
    const check = (h: number, w: number, up: number, seed: number, at: number) => {
      const map = noise(h * w, seed);
      const source = { width: Math.round(w * up), height: Math.round(h * up) };
      const whole = upsampleBilinear(map, [h, w], [source.height, source.width]);
      const expected = Uint8Array.from(whole, (value) => (value > at ? 1 : 0));
      expect(aboveUpsampled(map, [h, w], source, at)).toEqual(expected);
    };
    fc.assert(fc.property(side, side, factor, fc.nat(50), limit, check));
  });
});

describe('upsampledScores', () => {
  it('gives the rows of the stretched map, and what lies above a limit', () => {
    const map = noise(12, 3);
    const scores = upsampledScores(map, [3, 4], { width: 9, height: 5 });
    const whole = upsampleBilinear(map, [3, 4], [5, 9]);
    expect([scores.width, scores.height, scores.scale]).toEqual([9, 5, 'logit']);
    for (const y of [4, 0, 1, 3]) {
      expect(scores.row(y)).toEqual(whole.slice(y * 9, y * 9 + 9));
    }
    expect(scores.above!(2)).toEqual(Uint8Array.from(whole, (value) => (value > 2 ? 1 : 0)));
  });
});
