import { describe, expect, it } from 'vitest';
import { createSegmentation } from '../segmentation/segmentation.js';
import {
  areaTarget,
  fixed,
  hysteresis,
  otsu,
  percentile,
  perLabel,
  postprocess,
  relativeToMaximum,
  type Thresholder,
  threshold,
  triangle,
} from './index.js';

/** What the pixels of such probabilities, so many of each, are cut at and give. */
function cut(
  method: Thresholder,
  heaps: readonly (readonly [probability: number, count: number])[],
  label = 'cat',
) {
  const values = heaps.flatMap(([p, count]) => Array<number>(count).fill(Math.log(p / (1 - p))));
  const [width, height] = [values.length, 1];
  const segmentation = createSegmentation({
    width,
    height,
    resolution: [height, width],
    maps: [Float32Array.from(values)],
    prompts: [{ label, compose: { op: 'prompt', prompt: 0 } }],
    timings: {},
  });
  const { threshold: at, mask } = postprocess(segmentation, [threshold(method)]).segments[0]!;
  return { at: at!, mask: [...mask()] };
}
const levelOf = (...args: Parameters<typeof cut>) => cut(...args).at;

describe('otsu', () => {
  it('is in the middle between two heaps, whatever their sizes', () => {
    for (const counts of [
      [50, 50],
      [90, 10],
      [5, 95],
    ] as const) {
      const at = levelOf(otsu(), [
        [0.2, counts[0]],
        [0.8, counts[1]],
      ]);
      expect(at).toBeCloseTo(0.5, 2);
    }
  });

  it('parts three heaps where the groups differ most', () => {
    // Parting 0.1 from the others: 60 * 40 * 0.7^2; parting 0.9: 80 * 20 * 0.6^2...
    expect(
      levelOf(otsu(), [
        [0.1, 60],
        [0.7, 20],
        [0.9, 20],
      ]),
    ).toBeCloseTo(0.4, 2);
    expect(
      levelOf(otsu(), [
        [0.1, 20],
        [0.3, 20],
        [0.9, 60],
      ]),
    ).toBeCloseTo(0.6, 2);
  });

  it('of one value is 0.5', () => {
    expect(levelOf(otsu(), [[0.2, 30]])).toBe(0.5);
    expect(levelOf(otsu(), [[0.9, 30]])).toBe(0.5);
  });
});

describe('triangle', () => {
  it('is where the histogram falls furthest below the line from its peak, on the longer side', () => {
    // A line from 100 at 0.1 to 10 at 0.9 passes far above what is right beside the peak.
    const falling = [
      [0.102, 100],
      [0.302, 10],
      [0.5, 10],
      [0.7, 10],
      [0.898, 10],
    ] as const;
    expect(levelOf(triangle(), falling)).toBeGreaterThan(0.1);
    expect(levelOf(triangle(), falling)).toBeLessThan(0.12);
    const rising = falling.map(([p, count]) => [1 - p, count] as const);
    expect(levelOf(triangle(), rising)).toBeGreaterThan(0.88);
    expect(levelOf(triangle(), rising)).toBeLessThan(0.9);
  });

  it('is not where the histogram is above the line', () => {
    // A slope that first lies above the line from peak to end, then at its foot far below it.
    const counts = Array.from({ length: 200 }, (_, i) => {
      const bin = i + 20;
      const count = bin < 100 ? 300 - bin : bin < 215 ? 1 : 90;
      return [(bin + 0.5) / 256, count] as const;
    });
    const at = levelOf(triangle(), counts) * 256;
    expect(at).toBeGreaterThanOrEqual(100);
    expect(at).toBeLessThan(103);
    const mirrored = counts.map(([p, count]) => [1 - p, count] as const);
    const other = levelOf(triangle(), mirrored) * 256;
    expect(other).toBeGreaterThan(153);
    expect(other).toBeLessThanOrEqual(156);
  });

  it('of one value is 0.5', () => {
    expect(levelOf(triangle(), [[0.2, 30]])).toBe(0.5);
  });
});

describe('percentile and area', () => {
  const heaps = [
    [0.1, 10],
    [0.3, 20],
    [0.6, 30],
    [0.9, 40],
  ] as const;
  const inside = (method: Thresholder) => cut(method, heaps).mask.reduce((sum, v) => sum + v, 0);

  it('leave a part outside', () => {
    expect(inside(percentile({ percent: 60 }))).toBe(40);
    expect(inside(percentile({ percent: 30 }))).toBe(70);
    expect(inside(percentile({ percent: 29 }))).toBe(70);
    expect(inside(percentile({ percent: 0 }))).toBe(100);
    expect(inside(percentile({ percent: 100 }))).toBe(0);
  });

  it('reach a wanted area, or the next one below', () => {
    expect(inside(areaTarget({ share: 0.4 }))).toBe(40);
    expect(inside(areaTarget({ share: 0.69 }))).toBe(40);
    expect(inside(areaTarget({ pixels: 70 }))).toBe(70);
    expect(inside(areaTarget({ pixels: 69 }))).toBe(40);
    expect(inside(areaTarget({ pixels: 0 }))).toBe(0);
    expect(inside(areaTarget({ share: 1 }))).toBe(100);
  });

  it.each([
    [() => percentile({ percent: 101 }), /percent is 101; it goes from 0 to 100/],
    [() => percentile({} as never), /percent is undefined/],
    [() => areaTarget({}), /either share or pixels/],
    [() => areaTarget({ share: 0.5, pixels: 5 }), /either share or pixels/],
    [() => areaTarget({ share: 2 }), /share is 2/],
    [() => areaTarget({ pixels: -1 }), /pixels is -1/],
  ])('refuse wrong options: %#', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('relativeToMaximum', () => {
  it('is a share of the highest probability', () => {
    const heaps = [
      [0.1, 10],
      [0.8, 3],
    ] as const;
    expect(levelOf(relativeToMaximum(), heaps)).toBeCloseTo(0.4, 3);
    expect(levelOf(relativeToMaximum({ share: 0.25 }), heaps)).toBeCloseTo(0.2, 3);
    expect(() => relativeToMaximum({ share: 1.5 })).toThrow(/share is 1.5/);
  });
});

describe('a floor', () => {
  const heaps = [
    [0.02, 90],
    [0.1, 10],
  ] as const;

  it.each([otsu, triangle, relativeToMaximum])('holds for %o', (make) => {
    expect(levelOf(make(), heaps)).toBeLessThan(0.1);
    expect(levelOf(make({ least: 0.25 }), heaps)).toBe(0.25);
    expect(levelOf(make({ least: 0.001 }), heaps)).toBe(levelOf(make(), heaps));
    expect(() => make({ least: -1 })).toThrow(/least is -1/);
  });

  it('holds where a share is wanted, too', () => {
    expect(levelOf(percentile({ percent: 5, least: 0.3 }), heaps)).toBe(0.3);
    expect(levelOf(areaTarget({ share: 0.5, least: 0.3 }), heaps)).toBe(0.3);
  });
});

describe('thresholds that are given', () => {
  const heaps = [
    [0.2, 2],
    [0.6, 2],
  ] as const;

  it('fixed is the same for all, 0.5 by default', () => {
    expect(cut(fixed(), heaps)).toEqual({ at: 0.5, mask: [0, 0, 1, 1] });
    expect(levelOf(fixed({ value: 0 }), heaps)).toBe(0);
    expect(levelOf(fixed({ value: 1 }), heaps)).toBe(1);
    expect(() => fixed({ value: 1.01 })).toThrow(/threshold is 1.01/);
  });

  it('go by the label', () => {
    const thresholds = { cat: 0.1, dog: 0.7 };
    expect(levelOf(perLabel({ thresholds }), heaps)).toBe(0.1);
    expect(levelOf(perLabel({ thresholds, threshold: 0.3 }), heaps)).toBe(0.1);
    expect(levelOf(perLabel({ thresholds, threshold: 0.3 }), heaps, 'cow')).toBe(0.3);
    expect(levelOf(perLabel({ thresholds, threshold: 0.3 }), heaps, 'toString')).toBe(0.3);
    expect(() => cut(perLabel({ thresholds }), heaps, 'cow')).toThrow(
      /no threshold for "cow", only for cat, dog/,
    );
    expect(() => cut(perLabel({ thresholds }), heaps, 'toString')).toThrow(/no threshold/);
  });

  it('by label are probabilities', () => {
    expect(() => perLabel({ thresholds: { cat: 7 } })).toThrow(/cat is 7/);
    expect(() => perLabel({ thresholds: {}, threshold: 2 })).toThrow(/threshold is 2/);
    expect(() => perLabel({} as never)).toThrow(/thresholds/);
  });
});

describe('hysteresis', () => {
  it('keeps what is faint beside what is sure', () => {
    const heaps = [
      [0.1, 1],
      [0.4, 2],
      [0.7, 1],
      [0.1, 1],
      [0.4, 2],
    ] as const;
    expect(cut(hysteresis(), heaps)).toEqual({ at: 0.3, mask: [0, 1, 1, 1, 0, 0, 0] });
    expect(cut(hysteresis({ low: 0.5 }), heaps).mask).toEqual([0, 0, 0, 1, 0, 0, 0]);
    expect(cut(hysteresis({ high: 0.35 }), heaps).mask).toEqual([0, 1, 1, 1, 0, 1, 1]);
    expect(cut(hysteresis({ high: 0.8 }), heaps).mask).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('needs its levels in order', () => {
    const heaps = [
      [0.5, 2],
      [0.7, 2],
    ] as const;
    expect(() => hysteresis({ low: 0.7 })).toThrow(/high is 0.6; it goes from 0.7 to 1/);
    expect(() => hysteresis({ low: -1 })).toThrow(/low is -1/);
    expect(cut(hysteresis({ low: 0.6, high: 0.6 }), heaps).mask).toEqual([0, 0, 1, 1]);
  });
});
