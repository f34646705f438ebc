import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAndSize } from '../../test/masks/arbitraries.js';
import type { MaskSize } from './mask.js';
import { smoothing } from './smoothing.js';

/** Mean over a square window, the part of it that is in the picture, rounded. */
function boxed(levels: ArrayLike<number>, { width, height }: MaskSize, radius: number): number[] {
  return Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let [sum, count] = [0, 0];
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        sum += levels[v * width + u]!;
        count++;
      }
    }
    return Math.floor(sum / count + 0.5);
  });
}

describe('smoothing', () => {
  it('is inside where two means over half the radius are more than a half', () => {
    const check = ({ mask, size }: { mask: Uint8Array; size: MaskSize }, radius: number) => {
      const levels = Array.from(mask, (value) => (value ? 255 : 0));
      const half = Math.round(radius / 2);
      const expected = boxed(boxed(levels, size, half), size, half).map((level) =>
        level > 127 ? 1 : 0,
      );
      expect([...smoothing(mask, size, radius)]).toEqual(expected);
    };
    fc.assert(fc.property(maskAndSize(10), fc.constantFrom(0, 0.9, 1, 2, 5, 30), check));
  });

  it('refuses what is not a radius or a mask', () => {
    expect(() => smoothing(new Uint8Array(1), { width: 1, height: 1 }, -1)).toThrow(/radius is -1/);
    expect(() => smoothing(new Uint8Array(2), { width: 1, height: 1 }, 1)).toThrow(/2 values/);
  });
});
