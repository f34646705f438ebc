import fc from 'fast-check';
import { expect, it } from 'vitest';
import { strokeCoverage } from './stroke.js';

const size = { width: 24, height: 18 };

/** How far a point is from the outline of a ring. */
function distance(ring: readonly number[], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [ring[j]!, ring[j + 1]!, ring[i]!, ring[i + 1]!];
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    const along = square === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / square;
    const t = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}

it('a stroke covers pixels by their distance to the line', () => {
  const at = fc.integer({ min: -20, max: 120 }).map((v) => v / 4);
  const rings = fc.array(fc.array(at, { minLength: 6, maxLength: 6 }), {
    minLength: 1,
    maxLength: 2,
  });
  const check = (points: number[][], width: number) => {
    const [outer, ...holes] = points.map((ring) => Float64Array.from(ring));
    const coverage = strokeCoverage([{ outer: outer!, holes }], size, width);
    for (const i of coverage.keys()) {
      const [x, y] = [(i % size.width) + 0.5, Math.floor(i / size.width) + 0.5];
      const away = Math.min(...points.map((ring) => distance(ring, x, y)));
      const expected = 255 * Math.min(1, Math.max(0, width / 2 + 0.5 - away));
      expect(Math.abs(coverage[i]! - expected)).toBeLessThan(1.01);
    }
  };
  fc.assert(fc.property(rings, fc.constantFrom(0.5, 1, 3, 6), check), { numRuns: 40 });
});
