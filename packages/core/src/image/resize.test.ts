import { readFileSync } from 'node:fs';
import { resize } from '@clipseg/core/model';
import { readSafetensors } from '@clipseg/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const goldens = readSafetensors(
  readFileSync(new URL('../../../../fixtures/resize.safetensors', import.meta.url)),
);
const names = Object.keys(goldens).filter((name) => name.endsWith('.input'));

describe('resize equals Pillow to the bit', () => {
  it.each(names)('%s', (name) => {
    const input = goldens[name]!;
    const [height = 0, width = 0] = input.shape;
    const image = { width, height, channels: 3, data: input.data as Uint8Array } as const;
    for (const filter of ['bilinear', 'bicubic'] as const) {
      const expected = goldens[name.replace('input', filter)]!;
      const [h = 0, w = 0] = expected.shape;
      const result = resize(image, [h, w], filter);
      expect(Buffer.compare(new Uint8Array(result.data), expected.data as Uint8Array)).toBe(0);
    }
  });
});

/** Pillow's filters in floating point, without its rounding between both passes. */
function resampled(line: readonly number[], to: number, filter: 'bilinear' | 'bicubic'): number[] {
  const kernel = (signed: number): number => {
    const x = Math.abs(signed);
    if (filter === 'bilinear') return Math.max(0, 1 - x);
    if (x < 1) return 1.5 * x ** 3 - 2.5 * x ** 2 + 1;
    return x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
  };
  const scale = line.length / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const weights = line.map((__, k) => kernel((k + 0.5 - (i + 0.5) * scale) / stretch));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const value = line.reduce((sum, level, k) => sum + (level * weights[k]!) / total, 0);
    return Math.min(255, Math.max(0, value));
  });
}

describe('resize', () => {
  it('is what the filters mean, along rows and columns, larger and smaller', () => {
    const side = fc.integer({ min: 1, max: 12 });
    const levels = fc.uint8Array({ minLength: 36, maxLength: 36 });
    const check = (from: number, to: number, data: Uint8Array, filter: 'bilinear' | 'bicubic') => {
      const row = { width: from, height: 1, channels: 3, data: data.slice(0, 3 * from) } as const;
      const wide = resize(row, [1, to], filter);
      expect(wide).toMatchObject({ width: to, height: 1, channels: 3 });
      const tall = resize({ ...row, width: 1, height: from }, [to, 1], filter);
      expect(tall).toMatchObject({ width: 1, height: to, channels: 3 });
      expect(tall.data).toEqual(wide.data);
      for (const c of [0, 1, 2]) {
        const line = Array.from({ length: from }, (_, x) => data[3 * x + c]!);
        for (const [x, value] of resampled(line, to, filter).entries()) {
          expect(Math.abs(wide.data[3 * x + c]! - value)).toBeLessThan(0.51);
        }
      }
    };
    fc.assert(fc.property(side, side, levels, fc.constantFrom('bilinear', 'bicubic'), check));
  });

  it('goes along rows first, then down columns', () => {
    const data = Uint8Array.from({ length: 4 * 3 * 3 }, (_, i) => (i * 37) % 256);
    const image = { width: 4, height: 3, channels: 3, data } as const;
    const both = resize(image, [5, 2], 'bicubic');
    expect(both).toEqual(resize(resize(image, [3, 2], 'bicubic'), [5, 2], 'bicubic'));
    expect(resize(image, [3, 4], 'bilinear').data).toEqual(data);
  });

  it.each([
    [{ channels: 1, data: new Uint8Array(4) }, [2, 2], 'bilinear', /channels is 1/],
    [{}, [2, 2], 'nearest', /filter is "nearest"/],
    [{}, [0, 2], 'bilinear', /size/],
    [{ width: 3 }, [2, 2], 'bilinear', /12 bytes/],
  ])('refuses %j, %j, %s', (more, size, filter, message) => {
    const image = { width: 2, height: 2, channels: 3, data: new Uint8Array(12), ...more };
    expect(() => resize(image as never, size as never, filter as never)).toThrow(message);
  });
});
