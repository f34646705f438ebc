import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPolygons, checkRing, type Polygon, polygonArea, polygonMask } from './polygon.js';

const size = { width: 12, height: 9 };
const ring = (...values: number[]) => Float64Array.from(values);
const square = ring(1, 1, 7, 1, 7, 7, 1, 7);
const hole = ring(3, 3, 3, 5, 6, 5, 6, 3);

/** Crossings of the outlines to the left of a point are odd in number. */
function isInside(rings: readonly Float64Array[], x: number, y: number): boolean {
  let inside = false;
  for (const points of rings) {
    for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
      const [ax, ay, bx, by] = [points[j]!, points[j + 1]!, points[i]!, points[i + 1]!];
      if (ay > y === by > y) continue;
      if (((bx - ax) * (y - ay)) / (by - ay) + ax < x) inside = !inside;
    }
  }
  return inside;
}

describe('polygonMask', () => {
  it('is inside where the middle of a pixel is, by the even-odd rule', () => {
    // No middle of a pixel lies on an edge between such points.
    const at = fc.tuple(fc.integer({ min: -10, max: 50 }), fc.integer({ min: -10, max: 50 }));
    const point = at.map(([x, y]) => [x * 0.3371 + 0.0123, y * 0.2917 + 0.0071]);
    const outline = fc
      .array(point, { minLength: 3, maxLength: 6 })
      .map((points) => ring(...points.flat()));
    const polygon = fc.record({ outer: outline, holes: fc.array(outline, { maxLength: 2 }) });
    const check = (polygons: Polygon[]) => {
      const found = polygonMask(polygons, size);
      for (const i of found.keys()) {
        const [x, y] = [(i % size.width) + 0.5, Math.floor(i / size.width) + 0.5];
        const inside = polygons.some(({ outer, holes }) => isInside([outer, ...holes], x, y));
        expect(found[i]).toBe(inside ? 1 : 0);
      }
    };
    fc.assert(fc.property(fc.array(polygon, { maxLength: 2 }), check));
  });

  it('takes a middle on the left or upper edge as inside', () => {
    const found = polygonMask(
      [{ outer: ring(0.5, 0.5, 2.5, 0.5, 2.5, 1.5, 0.5, 1.5), holes: [] }],
      size,
    );
    expect([...found.keys()].filter((i) => found[i])).toEqual([0, 1]);
  });
});

describe('polygonArea', () => {
  it('leaves holes out', () => {
    expect(polygonArea({ outer: square, holes: [] })).toBe(36);
    expect(polygonArea({ outer: square, holes: [hole] })).toBe(30);
    expect(polygonArea({ outer: hole, holes: [] })).toBe(-6);
    expect(polygonArea({ outer: ring(), holes: [] })).toBe(0);
  });
});

describe('checks', () => {
  it('take rings with coordinates up to 1e8', () => {
    const far = ring(1e8, -1e8);
    expect(checkRing(far)).toBe(far);
    const polygons = [{ outer: square, holes: [hole] }];
    expect(checkPolygons(polygons)).toBe(polygons);
  });

  it.each([
    [ring(1, 2, 3)],
    [ring(1, 1.1e8)],
    [ring(Number.NaN, 1)],
    [Float32Array.of(1, 2)],
    [[1, 2]],
  ])('refuse the ring %j', (wrong) => {
    expect(() => checkRing(wrong)).toThrow(/Float64Array of x and y/);
  });

  it.each([
    ['square', /not a list/],
    [[null], /ring of polygon 0/],
    [[{ outer: square, holes: [] }, { outer: square }], /ring of polygon 1/],
    [[{ outer: square, holes: [hole, ring(1)] }], /ring of polygon 0/],
    [[{ holes: [] }], /ring of polygon 0/],
  ])('refuse the polygons %#', (wrong, message) => {
    expect(() => checkPolygons(wrong)).toThrow(message);
    expect(() => polygonMask(wrong as never, size)).toThrow(message);
  });

  it('refuse the area of what is not a polygon', () => {
    expect(() => polygonArea({ outer: ring(1), holes: [] })).toThrow(/ring of polygon/);
  });
});
