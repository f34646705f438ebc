import { readFileSync } from 'node:fs';
import { defaultPreprocessing } from '@clipseg/core/model';
import type { MaskedPixels, MaskingStrategy } from '@clipseg/core/prompts';
import {
  applyMasking,
  blur,
  colorize,
  crop,
  darken,
  defineMasking,
  greyscale,
  highlight,
  highlight2,
  maskingFromJson,
  maskingNames,
  maskingTable,
  none,
  outline,
  overlay,
  rectangle,
  shape,
  shift,
  tokenMask,
} from '@clipseg/core/prompts';
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
    const { pixels } = applyMasking(input(), maskingFromJson(mode), size);
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
    const joined = maskingFromJson('crop=0.2 + blur + darken=0.3');
    const applied = (list: readonly MaskingStrategy[]) => applyMasking(input(), list, [48, 32]);
    expect(applied(joined)).toEqual(
      applied([crop({ context: 0.2 }), blur(), darken({ background: 0.3 })]),
    );
    expect(maskingFromJson('token-mask')[0]!.apply(input(), [1, 1]).supportMask).toEqual({});
  });

  it('are written as JSON and read again', () => {
    const strategies = [crop({ context: 0.2, box: 'original' }), blur({ sigma: 1 }), colorize()];
    const text = JSON.stringify(strategies);
    expect(JSON.parse(text)[1]).toEqual({ name: 'blur', sigma: 1 });
    const read = maskingFromJson(JSON.parse(text));
    expect(JSON.stringify(read)).toBe(text);
    const [a, b] = [strategies, read].map((list) => applyMasking(input(), list, [48, 32]));
    expect(a).toEqual(b);
    expect(maskingFromJson(strategies)).toEqual(strategies);
    expect(maskingFromJson({ name: 'crop' })[0]!.options).toEqual({ context: 0.1, box: 'region' });
  });

  it('take all options that their table lists', () => {
    expect(Object.keys(maskingTable)).toEqual(maskingNames);
    for (const [name, { make, options, number }] of Object.entries(maskingTable)) {
      const made = make((name === 'shift' ? { by: 1 } : {}) as never);
      expect(made.name).toBe(name);
      expect(Object.keys(made.options).sort()).toEqual([...options].sort());
      if (number !== undefined) expect(options).toContain(number);
    }
  });

  it.each([
    [{ name: 'mine' }, 'masking: there is no masking strategy "mine", only none, overlay'],
    [[{ name: 'blur', sgima: 2 }], 'masking: blur has no option "sgima"; it takes sigma.'],
    [[{ name: 'blur', sigma: -1 }], 'masking: sigma is -1, not a number from 0.1.'],
    [[7], 'masking: 7 is not a masking strategy'],
    [
      { name: 'mine', apply: () => undefined },
      'masking: The masking strategy "mine" has no specificationVersion',
    ],
  ])('%j is refused', (json, message) => {
    expect(() => maskingFromJson(json)).toThrow(message);
  });

  it('custom strategies cannot have the name of a built-in strategy', () => {
    const definition = { apply: (seen: MaskedPixels) => seen };
    expect(defineMasking({ name: 'mine', ...definition }).toJSON()).toEqual({ name: 'mine' });
    expect(() => defineMasking({ name: 'blur', ...definition })).toThrow(
      'The name "blur" belongs to a built-in masking strategy.',
    );
  });

  it.each(['toString', 'blur+magic', 'shape=2', 'blur=x', '', '+'])('%j is refused', (name) => {
    expect(() => maskingFromJson(name)).toThrow(
      /choose among paper, image_only.*join some of none/,
    );
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
    const cases = testMaskingStrategy({ strategy: defineMasking({ name: 'wrong', apply }) });
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    return outcomes.map(({ status }) => status === 'rejected');
  };
  const nan = await failures((seen) => ({ ...seen, pixels: seen.pixels.map(() => Number.NaN) }));
  expect(nan).toEqual([false, true, false, false, true]);
  const small = await failures((seen) => ({ ...seen, height: 1, width: 1 }));
  expect(small).toEqual([false, true, true, false, false]);
  const inPlace = await failures((seen) => {
    seen.pixels.fill(seen.pixels[0]! + 1);
    return seen;
  });
  expect(inPlace).toEqual([false, false, false, true, false]);
});
