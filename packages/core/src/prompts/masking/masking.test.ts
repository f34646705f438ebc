import { readFileSync } from 'node:fs';
import { defaultPreprocessing, type MaskedPixels, type MaskingStrategy } from '@clipseg/core';
import {
  applyMasking,
  blur,
  colorize,
  crop,
  darken,
  greyscale,
  highlight,
  highlight2,
  maskingMode,
  none,
  outline,
  overlay,
  rectangle,
  shape,
  shift,
  tokenMask,
} from '@clipseg/core/masking';
import { readSafetensors, testMaskingStrategy } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

const goldens = readSafetensors(
  readFileSync(new URL('../../../../../fixtures/visual_prompts.safetensors', import.meta.url)),
);
const [height, width] = goldens.mask!.shape as [number, number];
const { imageMean: mean, imageStd: std } = defaultPreprocessing;
const input = (): MaskedPixels => ({
  height,
  width,
  mean,
  std,
  pixels: (goldens.normalized!.data as Float32Array).slice(),
  mask: (goldens.mask!.data as Float32Array).slice(),
});
const worst = (name: string, pixels: Float32Array): number => {
  const expected = goldens[name]!.data as Float32Array;
  expect(pixels.length).toBe(expected.length);
  return pixels.reduce((max, v, i) => Math.max(max, Math.abs(v - expected[i]!)), 0);
};

describe("the original's modes", () => {
  const names = Object.keys(goldens).filter((name) => name.startsWith('mode.'));
  it.each(names)('%s', (name) => {
    const [, side = '96'] = /(352)$/.exec(name) ?? [];
    const mode = name.replace(/^mode\./, '').replace(/352$/, '');
    const size = [Number(side), Number(side)] as const;
    const { pixels } = applyMasking(input(), maskingMode(mode), size);
    expect(worst(name, pixels)).toBeLessThan(1e-3);
  });

  it('option rect', () => {
    const { pixels } = rectangle({ box: 'original' }).apply(input(), [96, 96]);
    expect(worst('option.rect', pixels)).toBeLessThan(1e-3);
  });
  it('option outline', () => {
    const { pixels } = outline().apply(input(), [96, 96]);
    expect(worst('option.outline', pixels)).toBeLessThan(1e-3);
  });
  it('option colorize', () => {
    const { pixels } = colorize({ background: 0.6 }).apply(input(), [96, 96]);
    expect(worst('option.colorize', pixels)).toBeLessThan(1e-3);
  });
});

describe('strategies', () => {
  it('leave their input alone, and come in any order', () => {
    const before = input();
    for (const strategy of [none(), darken(), crop(), greyscale(), rectangle()]) {
      const result = strategy.apply(before, [32, 48]);
      expect(result.pixels.length).toBe(3 * result.height * result.width);
      expect(result.mask.length).toBe(result.height * result.width);
    }
    expect(before).toEqual(input());
  });

  it('an empty region is refused', () => {
    const empty = { ...input(), mask: new Float32Array(height * width) };
    expect(() => crop().apply(empty, [32, 32])).toThrow(/empty/);
  });

  it('names join', () => {
    const joined = maskingMode('crop=0.2 + blur + darken=0.3');
    const applied = (list: readonly MaskingStrategy[]) => applyMasking(input(), list, [48, 32]);
    expect(applied(joined)).toEqual(
      applied([crop({ context: 0.2 }), blur(), darken({ background: 0.3 })]),
    );
    expect(maskingMode('token-mask')[0]!.apply(input(), [1, 1]).supportMask).toEqual({});
  });

  it.each(['toString', 'blur+magic', 'shape=2', 'blur=x', '', '+'])('%j is refused', (name) => {
    expect(() => maskingMode(name)).toThrow(/choose among paper, image_only.*join some of none/);
  });

  it.each([
    () => blur({ sigma: 0 }),
    () => darken({ background: 1.5 }),
    () => crop({ context: Number.NaN }),
    () => outline({ lineWidth: 0 }),
  ])('%s is refused', (make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

describe('ours keep the contract', () => {
  const own = [none(), overlay(), highlight(), highlight2(), shape(), colorize(), greyscale()];
  const others = [darken(), blur(), crop(), outline(), rectangle(), tokenMask(), shift({ by: 1 })];
  for (const strategy of [...own, ...others]) {
    for (const { name, run } of testMaskingStrategy({ strategy })) it(name, run);
  }
});

it('the contract finds what is wrong', async () => {
  const failures = async (apply: MaskingStrategy['apply']) => {
    const cases = testMaskingStrategy({ strategy: { name: 'wrong', apply } });
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    return outcomes.map(({ status }) => status === 'rejected');
  };
  const nan = await failures((seen) => ({ ...seen, pixels: seen.pixels.map(() => Number.NaN) }));
  expect(nan).toEqual([true, false, false, true]);
  const small = await failures((seen) => ({ ...seen, height: 1, width: 1 }));
  expect(small).toEqual([true, true, false, false]);
  const inPlace = await failures((seen) => {
    seen.pixels.fill(seen.pixels[0]! + 1);
    return seen;
  });
  expect(inPlace).toEqual([false, false, true, false]);
});
