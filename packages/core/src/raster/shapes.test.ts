import { findInstances, instanceMask, scoreMap } from '@clipseg/core/postprocess';
import {
  closing,
  contours,
  dilate,
  erode,
  fillHoles,
  opening,
  type Polygon,
  polygonArea,
  polygonMask,
  removeSmall,
  simplify,
  smoothing,
} from '@clipseg/core/raster';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MaskAndSize, maskAndSize } from '../../test/masks/arbitraries.js';

const picture = (...rows: readonly string[]): MaskAndSize => ({
  mask: Uint8Array.from(rows.join(''), (char) => (char === '#' ? 1 : 0)),
  size: { width: rows[0]!.length, height: rows.length },
});
const drawn = (mask: Uint8Array, { size }: MaskAndSize): string[] =>
  Array.from({ length: size.height }, (_, y) =>
    Array.from(mask.subarray(y * size.width, (y + 1) * size.width), (v) => (v ? '#' : '.')).join(
      '',
    ),
  );

/** The connected parts, by trying every neighbour of every pixel. */
function partsOf({ mask, size }: MaskAndSize, reach: 4 | 8, value = 1): number[][] {
  const { width, height } = size;
  const seen = new Set<number>();
  const parts: number[][] = [];
  for (const start of mask.keys()) {
    if ((mask[start] ? 1 : 0) !== value || seen.has(start)) continue;
    const part = [start];
    seen.add(start);
    for (const i of part) {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (const [u, v] of [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [x + dx, y + dy]))) {
        if (reach === 4 && u !== x && v !== y) continue;
        const inside = u! >= 0 && v! >= 0 && u! < width && v! < height;
        const other = v! * width + u!;
        if (!inside || seen.has(other) || (mask[other] ? 1 : 0) !== value) continue;
        seen.add(other);
        part.push(other);
      }
    }
    parts.push(part.sort((a, b) => a - b));
  }
  return parts;
}

const radius = fc.integer({ min: 0, max: 12 }).map((r) => r / 2);

describe('opening and closing', () => {
  it('are idempotent, and lie below and above the mask', () => {
    const check = ({ mask, size }: MaskAndSize, r: number) => {
      for (const [operate, sign] of [
        [opening, -1],
        [closing, 1],
      ] as const) {
        const once = operate(mask, size, r);
        expect(operate(once, size, r)).toEqual(once);
        const wrong = once.findIndex((v, i) => sign * (v - (mask[i] ? 1 : 0)) < 0);
        expect(wrong).toBe(-1);
      }
    };
    fc.assert(fc.property(maskAndSize(), radius, check));
  });

  it('take thin lines and close narrow gaps', () => {
    const frame = '...........';
    const gap = picture(frame, frame, frame, '...##.##...', '...##.##...', frame, frame, frame);
    const closed = drawn(closing(gap.mask, gap.size, 1.5), gap);
    expect(closed.slice(3, 5)).toEqual(['...#####...', '...#####...']);
    expect(closed.slice(0, 3)).toEqual([frame, frame, frame]);
    const line = picture('.....', '#####', '.....', '.....');
    expect(drawn(opening(line.mask, line.size, 1), line)).toEqual(Array(4).fill('.....'));
  });

  it('grow and shrink are monotonic and undo one another at most', () => {
    const check = ({ mask, size }: MaskAndSize, r: number) => {
      const [grown, shrunk] = [dilate(mask, size, r), erode(mask, size, r)];
      for (const i of mask.keys()) {
        const own = mask[i] ? 1 : 0;
        expect(grown[i]! >= own && shrunk[i]! <= own).toBe(true);
      }
    };
    fc.assert(fc.property(maskAndSize(12), radius, check));
  });
});

describe('fillHoles and removeSmall', () => {
  it('are what trying every pixel gives', () => {
    const check = (one: MaskAndSize, most: number) => {
      const { mask, size } = one;
      const { width, height } = size;
      const filled = mask.slice();
      for (const hole of partsOf(one, 4, 0)) {
        const open = hole.some((i) => {
          const [x, y] = [i % width, Math.floor(i / width)];
          return x === 0 || y === 0 || x === width - 1 || y === height - 1;
        });
        if (!open && hole.length <= most) for (const i of hole) filled[i] = 1;
      }
      expect(fillHoles(mask, size, most)).toEqual(filled);
      const kept = new Uint8Array(mask.length);
      for (const part of partsOf(one, 8))
        if (part.length >= most) for (const i of part) kept[i] = 1;
      expect(removeSmall(mask, size, most)).toEqual(kept);
    };
    fc.assert(fc.property(maskAndSize(), fc.nat(20), check));
  });
});

describe('smoothing', () => {
  it('keeps a half plane and full and empty masks, and takes specks away', () => {
    const size = { width: 30, height: 20 };
    const half = Uint8Array.from({ length: 600 }, (_, i) => (i % 30 < 13 ? 1 : 0));
    expect(smoothing(half, size, 6)).toEqual(half);
    for (const value of [0, 1]) {
      const all = new Uint8Array(600).fill(value);
      expect(smoothing(all, size, 9)).toEqual(all);
    }
    const speck = new Uint8Array(600);
    speck[315] = 1;
    expect(smoothing(speck, size, 2)).toEqual(new Uint8Array(600));
    expect(smoothing(speck, size, 0)).toEqual(speck);
  });

  it('is the same turned round', () => {
    const check = ({ mask, size }: MaskAndSize, r: number) => {
      const turned = smoothing(mask.slice().reverse(), size, r).reverse();
      expect(turned).toEqual(smoothing(mask, size, r));
    };
    fc.assert(fc.property(maskAndSize(), fc.nat(9), check));
  });
});

describe('instances', () => {
  it('are the connected parts, with area, box, centroid and score', () => {
    const check = (one: MaskAndSize, connectivity: 4 | 8) => {
      const { mask, size } = one;
      const values = Float32Array.from(mask, (_, i) => ((i * 7) % 11) / 11);
      const scores = scoreMap(values, size, 'probability');
      const found = findInstances(mask, size, { connectivity, sort: 'position', scores });
      const parts = partsOf(one, connectivity);
      expect(found).toHaveLength(parts.length);
      for (const [k, instance] of found.entries()) {
        const part = parts[k]!;
        const xs = part.map((i) => i % size.width);
        const ys = part.map((i) => Math.floor(i / size.width));
        const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
        const own = instanceMask(instance, size);
        expect([...own.keys()].filter((i) => own[i])).toEqual(part);
        expect(instance.area).toBe(part.length);
        const [left, top] = [Math.min(...xs), Math.min(...ys)];
        expect(instance.box).toEqual([left, top, Math.max(...xs) + 1, Math.max(...ys) + 1]);
        expect(instance.centroid[0]).toBeCloseTo(mean(xs) + 0.5, 9);
        expect(instance.centroid[1]).toBeCloseTo(mean(ys) + 0.5, 9);
        expect(instance.score).toBeCloseTo(mean(part.map((i) => values[i]!)), 5);
      }
      expect(instanceMask(found, size)).toEqual(mask);
    };
    fc.assert(fc.property(maskAndSize(), fc.constantFrom(4, 8), check));
  });

  it('can be sorted, limited and left out', () => {
    const { mask, size } = picture('##..#', '##...', '....#', '.#..#');
    const areas = (options: object) => findInstances(mask, size, options).map(({ area }) => area);
    expect(areas({})).toEqual([4, 2, 1, 1]);
    expect(areas({ sort: 'position' })).toEqual([4, 1, 2, 1]);
    expect(areas({ top: 2 })).toEqual([4, 2]);
    expect(areas({ minArea: 2 })).toEqual([4, 2]);
    const values = Float32Array.from(mask, (_, i) => (i === 4 ? 0.9 : 0.2));
    const scores = scoreMap(values, size, 'probability');
    expect(areas({ sort: 'score', scores, top: 1 })).toEqual([1]);
    expect(areas({ minScore: 0.5, scores })).toEqual([1]);
  });

  /** Discs side by side. */
  const discs = (
    width: number,
    height: number,
    ...list: [number, number, number][]
  ): MaskAndSize => ({
    size: { width, height },
    mask: Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      return list.some(([cx, cy, r]) => Math.hypot(x - cx, y - cy) <= r) ? 1 : 0;
    }),
  });

  it('that touch are cut at their neck, in small and in large pictures', () => {
    for (const scale of [1, 25]) {
      const at = (...values: number[]) => values.map((v) => v * scale) as [number, number, number];
      const one = discs(60 * scale, 30 * scale, at(18, 15, 11), at(38, 15, 10.5));
      expect(findInstances(one.mask, one.size)).toHaveLength(1);
      const [a, b, ...others] = findInstances(one.mask, one.size, { split: 0.7 });
      expect(others).toEqual([]);
      expect(instanceMask([a!, b!], one.size)).toEqual(one.mask);
      expect(Math.abs(a!.centroid[0] / scale - 18)).toBeLessThan(1.5);
      expect(Math.abs(b!.centroid[0] / scale - 38)).toBeLessThan(1.5);
    }
  });

  it('of one shape stay one, however it is asked', () => {
    const bar = discs(
      70,
      20,
      ...Array.from({ length: 50 }, (_, i) => [10 + i, 10, 7] as [number, number, number]),
    );
    expect(findInstances(bar.mask, bar.size, { split: 0.7 })).toHaveLength(1);
    const full = { mask: new Uint8Array(12).fill(1), size: { width: 4, height: 3 } };
    expect(findInstances(full.mask, full.size, { split: 0.7 })).toHaveLength(1);
  });

  it('keep every pixel once when cut', () => {
    const check = ({ mask, size }: MaskAndSize, split: number) => {
      const found = findInstances(mask, size, { split });
      expect(found.reduce((sum, { area }) => sum + area, 0)).toBe(mask.filter((v) => v).length);
      expect(instanceMask(found, size)).toEqual(mask);
    };
    fc.assert(fc.property(maskAndSize(), fc.constantFrom(0.3, 0.7, 1), check));
  });

  it('that leave the picture are refused', () => {
    const runs = Int32Array.of(5, 0, 3);
    expect(() => instanceMask({ runs } as never, { width: 4, height: 4 })).toThrow(/in row 5/);
  });
});

/** All corners of polygons. */
const cornersOf = (polygons: readonly Polygon[]): number =>
  polygons.reduce(
    (n, { outer, holes }) => n + [outer, ...holes].reduce((s, r) => s + r.length / 2, 0),
    0,
  );

describe('contours', () => {
  it('filled again give the mask, whichever pixels are connected', () => {
    const check = ({ mask, size }: MaskAndSize, connectivity: 4 | 8) => {
      const polygons = contours(mask, size, { connectivity });
      expect(polygonMask(polygons, size)).toEqual(mask);
      expect(polygons).toHaveLength(findInstances(mask, size, { connectivity }).length);
      for (const { outer, holes } of polygons) {
        expect(polygonArea({ outer, holes: [] })).toBeGreaterThan(0); // clockwise
        for (const hole of holes) expect(polygonArea({ outer: hole, holes: [] })).toBeLessThan(0);
      }
    };
    fc.assert(fc.property(maskAndSize(), fc.constantFrom(4, 8), check));
  });

  it('lie where the scores pass the threshold, and still give the mask', () => {
    const noise = fc.float({ min: -4, max: 4, noNaN: true });
    const scored = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc
          .array(noise, { minLength: width * height, maxLength: width * height })
          .map((values) => ({ size: { width, height }, values: Float32Array.from(values) })),
      );
    fc.assert(
      fc.property(scored, ({ size, values }) => {
        const mask = Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
        const polygons = contours(mask, size, { scores: scoreMap(values, size, 'logit') });
        expect(polygonMask(polygons, size)).toEqual(mask);
      }),
    );
    // A straight edge between columns whose scores are 3 and -1: three quarters of the way.
    const values = Float32Array.of(3, -1, 3, -1, 3, -1);
    const scores = scoreMap(values, { width: 2, height: 3 }, 'logit');
    const mask = Uint8Array.of(1, 0, 1, 0, 1, 0);
    const [{ outer }] = contours(mask, { width: 2, height: 3 }, { scores }) as [Polygon];
    const xs = [...outer].filter((_, i) => i % 2 === 0);
    expect(Math.max(...xs)).toBeCloseTo(0.5 + 0.75, 6);
  });

  it('of a disc are within a tenth of a pixel of it, from its scores', () => {
    const size = { width: 40, height: 40 };
    const away = (x: number, y: number) => Math.hypot(x - 20.3, y - 19.1);
    const values = Float32Array.from(
      { length: 1600 },
      (_, i) => 12 - away((i % 40) + 0.5, Math.floor(i / 40) + 0.5),
    );
    const mask = Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
    const [{ outer }] = contours(mask, size, { scores: scoreMap(values, size, 'logit') }) as [
      Polygon,
    ];
    for (let i = 0; i < outer.length; i += 2) {
      expect(Math.abs(away(outer[i]!, outer[i + 1]!) - 12)).toBeLessThan(0.1);
    }
    expect(polygonArea({ outer, holes: [] })).toBeCloseTo(Math.PI * 144, -1);
  });

  it('of a full mask are the picture', () => {
    const [{ outer }] = contours(new Uint8Array(12).fill(1), { width: 4, height: 3 }) as [Polygon];
    expect(polygonArea({ outer, holes: [] })).toBe(12);
    expect(contours(new Uint8Array(12), { width: 4, height: 3 })).toEqual([]);
  });

  it('of noise, whose parts and holes are many', () => {
    const size = { width: 600, height: 600 };
    const mask = Uint8Array.from(
      { length: 360_000 },
      (_, i) => (Math.imul(i, 2654435761) >>> 15) & 1,
    );
    const polygons = contours(mask, size);
    expect(polygonMask(polygons, size)).toEqual(mask);
  });
});

describe('simplify', () => {
  it('moves no corner that is kept, and no outline by more than the tolerance', () => {
    const check = ({ mask, size }: MaskAndSize, tolerance: number) => {
      const polygons = contours(mask, size);
      for (const [k, { outer }] of simplify(polygons, { tolerance }).entries()) {
        expect(outer.length).toBeGreaterThanOrEqual(6);
        const all = polygons.flatMap((p) => [p.outer]).map((ring) => [...ring].join());
        expect(k).toBeLessThan(all.length);
      }
      const kept = new Set(simplify(polygons, { tolerance }).flatMap((p) => pairs(p.outer)));
      const original = new Set(polygons.flatMap((p) => pairs(p.outer)));
      for (const corner of kept) expect(original.has(corner)).toBe(true);
    };
    const pairs = (ring: Float64Array) =>
      Array.from({ length: ring.length / 2 }, (_, i) => `${ring[2 * i]},${ring[2 * i + 1]}`);
    fc.assert(fc.property(maskAndSize(), fc.double({ min: 0, max: 4, noNaN: true }), check));
  });

  it('keeps every left-out corner within the tolerance of the outline that is left', () => {
    const near = (ring: Float64Array, x: number, y: number): number => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
        const [dx, dy] = [ring[i]! - ring[j]!, ring[i + 1]! - ring[j + 1]!];
        const length = dx * dx + dy * dy || 1;
        const t = Math.min(
          1,
          Math.max(0, ((x - ring[j]!) * dx + (y - ring[j + 1]!) * dy) / length),
        );
        least = Math.min(least, Math.hypot(x - ring[j]! - t * dx, y - ring[j + 1]! - t * dy));
      }
      return least;
    };
    const check = ({ mask, size }: MaskAndSize, tolerance: number) => {
      for (const polygon of contours(mask, size)) {
        const [simple] = simplify([polygon], { tolerance });
        if (!simple) continue; // a speck
        for (let i = 0; i < polygon.outer.length; i += 2) {
          const away = near(simple.outer, polygon.outer[i]!, polygon.outer[i + 1]!);
          expect(away).toBeLessThanOrEqual(tolerance + 1e-4);
        }
      }
    };
    fc.assert(fc.property(maskAndSize(), fc.double({ min: 0, max: 3, noNaN: true }), check));
  });

  it('keeps to the number of corners, and uses it', () => {
    const check = ({ mask, size }: MaskAndSize, points: number) => {
      const polygons = contours(mask, size);
      const corners = cornersOf(simplify(polygons, { points }));
      expect(corners).toBeLessThanOrEqual(points);
    };
    fc.assert(fc.property(maskAndSize(), fc.integer({ min: 3, max: 60 }), check));
    const square = Float64Array.of(0, 0, 5, 0, 10, 0, 10, 10, 0, 10);
    const simple = simplify([{ outer: square, holes: [] }], { points: 4 });
    expect([...simple[0]!.outer]).toEqual([0, 0, 10, 0, 10, 10, 0, 10]);
  });

  it('without options leaves out corners on straight lines only', () => {
    const outer = Float64Array.of(0, 0, 5, 0, 10, 0, 10, 10, 0, 10, 0, 5);
    expect([...simplify([{ outer, holes: [] }])[0]!.outer]).toEqual([0, 0, 10, 0, 10, 10, 0, 10]);
  });

  it.each([
    [{ tolerance: -1 }, /tolerance is -1/],
    [{ points: 2 }, /points is 2/],
    [{ points: 3.5 }, /points is 3.5/],
  ])('refuses %j', (options, message) => {
    expect(() => simplify([], options)).toThrow(message);
  });
});
