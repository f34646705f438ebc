import { describe, expect, it } from 'vitest';
import { polygonArea } from '../raster/polygon.js';
import { contours } from './contours.js';
import { scoreMap } from './scores.js';

const mask = (...rows: readonly string[]) => ({
  mask: Uint8Array.from(rows.join(''), (char) => (char === '#' ? 1 : 0)),
  size: { width: rows[0]!.length, height: rows.length },
});
const corners = (ring: Float64Array) =>
  Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i]!, ring[2 * i + 1]!]);

describe('contours', () => {
  it('of a rectangle cut its corners half-way, and keep those of the picture', () => {
    const inner = mask('....', '.##.', '.##.', '....');
    const [{ outer, holes }] = contours(inner.mask, inner.size) as [ReturnType<typeof contours>[0]];
    expect(holes).toEqual([]);
    expect(corners(outer)).toEqual([
      [1.5, 1],
      [2.5, 1],
      [3, 1.5],
      [3, 2.5],
      [2.5, 3],
      [1.5, 3],
      [1, 2.5],
      [1, 1.5],
    ]);
    const full = mask('###', '###');
    expect(polygonArea(contours(full.mask, full.size)[0]!)).toBe(6);
  });

  it('have corners only where they turn', () => {
    const square = mask('......', '.####.', '.####.', '.####.', '.####.', '......');
    expect(contours(square.mask, square.size)[0]!.outer).toHaveLength(16);
    const full = mask('####', '####', '####');
    const scores = scoreMap(new Float32Array(12).fill(1), full.size, 'logit');
    const [{ outer }] = contours(full.mask, full.size) as [ReturnType<typeof contours>[0]];
    const turns = corners(outer).filter(([x, y]) => [0, 4].includes(x!) && [0, 3].includes(y!));
    expect(turns).toHaveLength(4);
    expect(contours(full.mask, full.size, { scores })[0]!.outer.length).toBeGreaterThan(8);
  });

  it('join pixels at corners, or not', () => {
    const two = mask('#.', '.#');
    expect(contours(two.mask, two.size)).toHaveLength(1);
    const [one] = contours(two.mask, two.size) as [ReturnType<typeof contours>[0]];
    expect(corners(one.outer)).toHaveLength(10); // 8 half-way, and 2 of the picture
    const apart = contours(two.mask, two.size, { connectivity: 4 });
    expect(apart).toHaveLength(2);
    for (const { outer, holes } of apart) {
      expect(polygonArea({ outer, holes })).toBeCloseTo(0.625, 12); // all corners cut but one
      expect(holes).toEqual([]);
    }
  });

  it('give each hole to its part', () => {
    const rings = mask('###.###', '#.#.#.#', '###.###');
    expect(contours(rings.mask, rings.size).map(({ holes }) => holes.length)).toEqual([1, 1]);
  });

  /** Where the outline of the left or upper half passes, given the scores to both sides. */
  const shifted = (inside: number, outside: number, turned: 0 | 1 | 2 | 3, threshold = 0.5) => {
    const picture = [
      mask('##..', '##..', '##..', '##..'),
      mask('####', '####', '....', '....'),
      mask('..##', '..##', '..##', '..##'),
      mask('....', '....', '####', '####'),
    ][turned]!;
    const values = Float32Array.from(picture.mask, (value) => (value ? inside : outside));
    const scores = scoreMap(values, picture.size, 'probability');
    const [{ outer }] = contours(picture.mask, picture.size, { scores, threshold }) as [
      ReturnType<typeof contours>[0],
    ];
    return corners(outer).map((corner) => corner[turned % 2]!);
  };

  it.each([0, 1, 2, 3] as const)('lie where the scores pass the threshold, side %i', (turned) => {
    const at = (distance: number) => (turned < 2 ? 1.5 + distance : 2.5 - distance);
    const reach = turned < 2 ? Math.max : Math.min;
    expect(reach(...shifted(0.8, 0.4, turned))).toBeCloseTo(at(0.75), 6);
    expect(reach(...shifted(0.6, 0.1, turned))).toBeCloseTo(at(0.2), 6);
    expect(reach(...shifted(0.6, 0.1, turned, 0.2))).toBeCloseTo(at(0.8), 6);
    // Between the middles of both pixels.
    expect(reach(...shifted(1, 0.5, turned))).toBeCloseTo(at(0.98), 6);
    expect(reach(...shifted(0.5 + 1e-6, 0, turned))).toBeCloseTo(at(0.02), 6);
    // The scores do not tell: the mask was changed since.
    expect(reach(...shifted(0.4, 0.1, turned))).toBeCloseTo(at(0.5), 6);
    expect(reach(...shifted(0.5, 0.1, turned))).toBeCloseTo(at(0.5), 6);
    expect(reach(...shifted(0.8, 0.6, turned))).toBeCloseTo(at(0.5), 6);
  });

  it('stay at the edge of the picture', () => {
    const full = mask('###', '###');
    const scores = scoreMap(new Float32Array(6).fill(0.9), full.size, 'probability');
    const [{ outer }] = contours(full.mask, full.size, { scores }) as [
      ReturnType<typeof contours>[0],
    ];
    for (const [x, y] of corners(outer)) {
      expect(x === 0 || x === 3 || y === 0 || y === 2).toBe(true);
    }
    expect(polygonArea({ outer, holes: [] })).toBe(6);
  });

  it.each([
    [{ connectivity: 6 }, /connectivity is 6/],
    [{ threshold: 2 }, /threshold is 2/],
    [{ scores: scoreMap(new Float32Array(2), { width: 1, height: 2 }, 'logit') }, /1 x 2 pixels/],
  ])('refuse wrong options: %#', (options, message) => {
    const one = mask('#.');
    expect(() => contours(one.mask, one.size, options as never)).toThrow(message);
  });

  it('refuse a mask of another size', () => {
    expect(() => contours(new Uint8Array(3), { width: 2, height: 2 })).toThrow(/3 values/);
  });
});
