import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simpson } from './simpson.js';

const step = fc.integer({ min: 1, max: 9 }).map((n) => n / 4);

describe('simpson', () => {
  it('is exact for parabolas, whatever the number of points and their spacing', () => {
    const steps = fc.array(step, { minLength: 2, maxLength: 8 });
    const part = fc.integer({ min: -5, max: 5 });
    const check = (apart: number[], a: number, b: number, c: number) => {
      const x = [1];
      for (const width of apart) x.push(x.at(-1)! + width);
      const whole = (at: number) => (a * at ** 3) / 3 + (b * at ** 2) / 2 + c * at;
      const y = x.map((at) => a * at ** 2 + b * at + c);
      expect(simpson(y, x)).toBeCloseTo(whole(x.at(-1)!) - whole(1), 8);
    };
    fc.assert(fc.property(steps, part, part, part, check));
  });

  it('of two points is the trapezoid between them, of fewer nothing', () => {
    expect(simpson([1, 4], [2, 6])).toBe(10);
    expect(simpson([7], [2])).toBe(0);
    expect(simpson([], [])).toBe(0);
  });

  it('takes a trapezoid where two points have the same place', () => {
    expect(simpson([1, 9, 5], [2, 2, 6])).toBe(12);
    expect(simpson([1, 9, 5], [2, 6, 6])).toBe(12);
    expect(simpson([1, 9, 5, 5, 5], [2, 2, 6, 7, 8])).toBe(22);
  });
});
