import { readFileSync } from 'node:fs';
import { defaultPreprocessing, type MaskedPixels } from '@clipseg/core';
import {
  applyMasking,
  colorize,
  crop,
  darken,
  greyscale,
  maskingMode,
  none,
  outline,
  rectangle,
} from '@clipseg/core/masking';
import { readSafetensors } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

const goldens = readSafetensors(
  readFileSync(new URL('../../../fixtures/visual_prompts.safetensors', import.meta.url)),
);
const [height, width] = goldens.mask!.shape as [number, number];
const { imageMean: mean, imageStd: std } = defaultPreprocessing;
const input = (): MaskedPixels => ({
  ...{ height, width, mean, std },
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

  it('an unknown mode names those there are', () => {
    expect(() => maskingMode('toString')).toThrow(
      /no masking "toString"; choose among paper, image_only/,
    );
  });
});
