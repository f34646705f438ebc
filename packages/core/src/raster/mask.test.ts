import { describe, expect, it } from 'vitest';
import { checkMask, checkSize } from './mask.js';

describe('checkSize', () => {
  it('takes whole sides of up to 2^28 pixels', () => {
    for (const [width, height] of [
      [1, 1],
      [2 ** 14, 2 ** 14],
      [2 ** 28, 1],
    ] as const) {
      expect(() => checkSize({ width, height })).not.toThrow();
    }
  });

  it.each([
    [{ width: 0, height: 1 }],
    [{ width: 1, height: 0 }],
    [{ width: 1.5, height: 1 }],
    [{ width: 1, height: 1.5 }],
    [{ width: 2 ** 28, height: 2 }],
    [{ width: 1 }],
    [null],
    ['1x1'],
  ])('refuses %j', (size) => {
    expect(() => checkSize(size as never)).toThrow(/^The size is /);
  });

  it('of a text says that it is not an object', () => {
    expect(() => checkSize('1x1' as never)).toThrow(/not { width, height }/);
  });
});

describe('checkMask', () => {
  const size = { width: 3, height: 2 };

  it('returns a mask of the size', () => {
    const mask = new Uint8Array(6);
    expect(checkMask(mask, size)).toBe(mask);
  });

  it('refuses others, by their name', () => {
    expect(() => checkMask(new Uint8Array(5), size)).toThrow(
      /The mask has 5 values, not 3 x 2 = 6/,
    );
    expect(() => checkMask(new Float32Array(6), size, 'guide')).toThrow(
      /The guide has .* Uint8Array/,
    );
    expect(() => checkMask(new Uint8Array(0), { width: 0, height: 0 })).toThrow(/The size/);
  });
});
