import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAndSize } from '../../test/masks/arbitraries.js';
import type { MaskSize } from '../raster/mask.js';
import { boundaryF } from './boundary.js';
import { IGNORED } from './confusion.js';

/** Pixels inside with one of their four neighbours outside. */
function boundary(mask: Uint8Array, { width, height }: MaskSize): [number, number][] {
  const inside = (x: number, y: number) => mask[y * width + x] === 1;
  const found: [number, number][] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const neighbours = [
        [x - 1, y],
        [x + 1, y],
        [x, y - 1],
        [x, y + 1],
      ].filter(([u, v]) => u! >= 0 && v! >= 0 && u! < width && v! < height);
      if (inside(x, y) && neighbours.some(([u, v]) => !inside(u!, v!))) found.push([x, y]);
    }
  }
  return found;
}

function slowF(mask: Uint8Array, truth: Uint8Array, size: MaskSize, tolerance: number): number {
  const [own, right] = [boundary(mask, size), boundary(truth, size)];
  if (own.length === 0 || right.length === 0) return own.length === right.length ? 1 : 0;
  const share = (from: [number, number][], to: [number, number][]) =>
    from.filter(([x, y]) => to.some(([u, v]) => Math.hypot(x - u, y - v) <= tolerance)).length /
    from.length;
  const [precision, recall] = [share(own, right), share(right, own)];
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

describe('boundaryF', () => {
  it('is what comparing every pair of boundary pixels gives', () => {
    const check = (
      { mask, size }: { mask: Uint8Array; size: MaskSize },
      shift: number,
      tolerance: number,
    ) => {
      const truth = mask.map((_, i) => mask[(i + shift) % mask.length]!);
      const found = boundaryF(mask, truth, size, { tolerance });
      expect(found).toBeCloseTo(slowF(mask, truth, size, tolerance), 12);
    };
    fc.assert(fc.property(maskAndSize(9), fc.nat(20), fc.constantFrom(0, 1, 1.5, 2), check));
  });

  it('takes what is ignored in the truth for outside', () => {
    const size = { width: 5, height: 1 };
    const truth = Uint8Array.of(0, 1, 1, IGNORED, IGNORED);
    const tight = { tolerance: 0 };
    expect(boundaryF(Uint8Array.of(0, 1, 1, 0, 0), truth, size, tight)).toBe(1);
    expect(boundaryF(Uint8Array.of(0, 1, 1, 1, 1), truth, size, tight)).toBeCloseTo(2 / 3, 12);
  });

  it('allows 0.8 % of the diagonal by default', () => {
    const size = { width: 300, height: 400 }; // of a diagonal of 500: 4 pixels
    const half = (end: number) =>
      Uint8Array.from({ length: 120_000 }, (_, i) => (i % 300 < end ? 1 : 0));
    expect(boundaryF(half(104), half(100), size)).toBe(1);
    expect(boundaryF(half(105), half(100), size)).toBe(0);
  });

  it('is 0 where only one of both has a boundary', () => {
    const size = { width: 4, height: 1 };
    const [none, some] = [new Uint8Array(4), Uint8Array.of(0, 1, 1, 0)];
    expect(boundaryF(none, some, size, { tolerance: 9 })).toBe(0);
    expect(boundaryF(some, none, size, { tolerance: 9 })).toBe(0);
    expect(boundaryF(none, none, size)).toBe(1);
  });

  it('refuses a tolerance below 0', () => {
    const one = new Uint8Array(1);
    const call = () => boundaryF(one, one, { width: 1, height: 1 }, { tolerance: -1 });
    expect(call).toThrow(/tolerance is -1/);
  });
});
