import { describe, expect, it } from 'vitest';
import { simplify } from './simplify.js';

const ring = (...values: number[]) => Float64Array.from(values);
const outerOf = (outer: Float64Array, options?: object) =>
  simplify([{ outer, holes: [] }], options).map((polygon) => [...polygon.outer]);

// A square of 10 with a dent of 1 in its top, and one of 2 at its right.
const dented = ring(0, 0, 4, 0, 5, 1, 6, 0, 10, 0, 10, 4, 8, 5, 10, 6, 10, 10, 0, 10);

describe('simplify', () => {
  it('takes dents away up to the tolerance, the smaller ones first', () => {
    expect(outerOf(dented)).toEqual([[...dented]]);
    expect(outerOf(dented, { tolerance: 0.7 })).toEqual([[...dented]]);
    const withoutTop = outerOf(dented, { tolerance: 1.1 })[0]!;
    expect(withoutTop).not.toContain(1);
    expect(withoutTop.join()).toContain('8,5');
    expect(outerOf(dented, { tolerance: 2.1 })).toEqual([[0, 0, 10, 0, 10, 10, 0, 10]]);
  });

  it('keeps a corner that is just beyond the tolerance', () => {
    const roof = ring(0, 0, 5, -1, 10, 0, 10, 10, 0, 10);
    expect(outerOf(roof, { tolerance: 0.99 })[0]).toHaveLength(10);
    expect(outerOf(roof, { tolerance: 1 })[0]).toHaveLength(8);
  });

  it('measures from the ends of a line where a corner lies beyond them', () => {
    // The spike at -3 lies on the line of the top, but 3 outside of it.
    const spike = ring(0, 0, -3, 0.001, 0, 0.002, 0, 10, 10, 10, 10, 0);
    expect(outerOf(spike, { tolerance: 2.9 }).flat()).toContain(-3);
  });

  it('removes specks, and their holes with them', () => {
    const speck = { outer: ring(0, 0, 1, 0, 1, 1), holes: [ring(0.4, 0.4, 0.6, 0.6, 0.6, 0.4)] };
    const large = {
      outer: ring(0, 0, 20, 0, 20, 20, 0, 20),
      holes: [ring(5, 5, 5, 6, 6, 6), ring(8, 8, 8, 16, 16, 16, 16, 8)],
    };
    const kept = simplify([speck, large, speck], { tolerance: 2 });
    expect(kept.map(({ outer, holes }) => [outer.length, holes.length])).toEqual([[8, 1]]);
    expect(kept[0]!.holes[0]).toHaveLength(8);
  });

  it('keeps a triangle that matters', () => {
    expect(outerOf(ring(0, 0, 9, 0, 0, 9), { tolerance: 1 })).toEqual([[0, 0, 9, 0, 0, 9]]);
    expect(outerOf(ring(0, 0, 9, 0), { tolerance: 0 })).toEqual([]);
    expect(outerOf(ring(), { tolerance: 0 })).toEqual([]);
  });

  it('keeps the corners that matter most where their number is limited, over all polygons', () => {
    const small = ring(0, 0, 2, 0, 2, 2, 0, 2);
    const large = ring(0, 0, 50, 0, 50, 50, 0, 50);
    const polygons = [small, large].map((outer) => ({ outer, holes: [] }));
    expect(simplify(polygons, { points: 8 })).toHaveLength(2);
    expect(simplify(polygons, { points: 4 }).map(({ outer }) => [...outer])).toEqual([[...large]]);
    expect(simplify(polygons, { points: 7 }).flatMap(({ outer }) => [...outer])).toHaveLength(14);
  });

  it('of corners at the limit keeps the first ones', () => {
    const square = ring(0, 0, 4, 0, 4, 4, 0, 4);
    expect(outerOf(square, { points: 3 })).toEqual([[0, 0, 4, 0, 4, 4]]);
  });

  it('keeps to both limits', () => {
    expect(outerOf(dented, { tolerance: 1.1, points: 20 })).toEqual(
      outerOf(dented, { tolerance: 1.1 }),
    );
    expect(outerOf(dented, { tolerance: 2.1, points: 5 })).toEqual([[0, 0, 10, 0, 10, 10, 0, 10]]);
  });

  it('refuses what is not a polygon', () => {
    expect(() => simplify([{} as never])).toThrow(/ring of polygon 0/);
    expect(() => simplify([], 3 as never)).toThrow(/options of simplify/);
  });
});
