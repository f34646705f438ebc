import { describe, expect, it } from 'vitest';
import { intersection, inversion, subtraction, union } from './algebra.js';

const size = { width: 4, height: 2 };
const a = Uint8Array.of(0, 0, 0, 0, 1, 255, 2, 1);
const b = Uint8Array.of(0, 0, 3, 1, 0, 0, 255, 1);
const c = Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1);

describe('algebra of masks', () => {
  it('takes what is not 0 as inside, of any number of masks', () => {
    expect([...union([a, b, c], size)]).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
    expect([...intersection([a, b, c], size)]).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect([...subtraction([a, b, c], size)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    expect([...inversion(a, size)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('of one mask is a copy of 0 and 1', () => {
    for (const operate of [union, intersection, subtraction]) {
      const one = operate([a], size);
      expect([...one]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
      expect(one).not.toBe(a);
    }
  });

  it('refuses no mask, another size and what is not a list', () => {
    expect(() => union([], size)).toThrow('No mask was given.');
    expect(() => union([a, a.subarray(1)], size)).toThrow(/mask 1 has 7 values/);
    expect(() => union(a as never, size)).toThrow(/list of masks/);
    expect(() => inversion(a.subarray(1), size)).toThrow(/mask has 7 values/);
  });
});
