import { readFileSync } from 'node:fs';
import {
  addConfusions,
  auroc,
  bestOperatingPoint,
  boundaryF,
  confusion,
  fixedIntervalMetrics,
  IGNORED,
  maskScores,
  operatingPoint,
  pixelCounts,
} from '@clipseg/core/evaluation';
import { readSafetensors } from '@clipseg/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../../fixtures/${name}`, import.meta.url));
const { logits, ground_truth: truth, classes } = readSafetensors(fixture('metrics.safetensors'));
const golden = JSON.parse(fixture('metrics.json').toString());
const [count = 0, h = 0, w = 0] = logits!.shape;

function evaluated(withClasses = true) {
  const metrics = fixedIntervalMetrics();
  for (let i = 0; i < count; i++) {
    const part = ({ data }: { data: ArrayLike<number | bigint> }) =>
      (data as Float32Array).subarray(i * h * w, (i + 1) * h * w);
    const category = Number((classes!.data as BigInt64Array)[i]);
    metrics.add(part(logits!), part(truth!), withClasses ? category : undefined);
  }
  return metrics.value();
}

describe("the original's FixedIntervalMetrics", () => {
  it('average precision', () => expect(evaluated().ap).toBeCloseTo(golden.ap, 9));
  it.each([
    ['fgiou', 'fgiou', 'fgiou_scores'],
    ['biniou', 'biniou', 'biniou_scores'],
    ['miou', 'miou', 'mean_iou_scores'],
  ] as const)('%s', (name, key, list) => {
    const curve = evaluated()[key]!;
    expect(curve.best).toBeCloseTo(golden[`${name}_best`], 9);
    expect(curve.bestThreshold).toBeCloseTo(golden[`${name}_best_t`], 9);
    for (const threshold of [0.1, 0.2, 0.3, 0.5]) {
      expect(curve.at(threshold)).toBeCloseTo(golden[`${name}_${threshold}`], 9);
    }
    const expected: number[] = golden[list];
    expect(curve.scores.length).toBe(expected.length);
    for (const [i, score] of curve.scores.entries()) expect(score).toBeCloseTo(expected[i]!, 9);
    expect(curve.at(0.02)).toBe(curve.scores[0]);
    expect(curve.at(0.98)).toBe(curve.scores[48]);
  });

  it('counts a probability above every threshold that it exceeds', () => {
    const logitOf = (p: number) => Math.log(p / (1 - p));
    for (const p of [0.001, 0.0199, 0.021, 0.3, 0.499, 0.501, 0.979, 0.981, 0.9999]) {
      const metrics = fixedIntervalMetrics();
      metrics.add([logitOf(p)], [1]);
      const { scores } = metrics.value().fgiou;
      expect(scores.map((score) => score > 0)).toEqual(
        Array.from({ length: 49 }, (_, i) => (i + 1) / 50 < p),
      );
    }
  });

  it('without classes there is no mean over them, and other thresholds are refused', () => {
    const { miou, fgiou } = evaluated(false);
    expect(miou).toBeUndefined();
    expect(() => fgiou.at(0.33)).toThrow(/not one of 0\.02/);
    expect(() => fixedIntervalMetrics().value()).toThrow(/There are no results yet/);
    expect(() => fixedIntervalMetrics().add([1], [1, 2])).toThrow(/1 logits/);
  });
});

describe('clean scores', () => {
  it('of one mask', () => {
    const counts = confusion([1, 1, 0, 0, 1], [1, 0, 1, 0, 1]);
    expect(counts).toEqual({ tp: 2, fp: 1, fn: 1, tn: 1 });
    const { iou, binaryIou, dice, precision, recall } = maskScores(counts);
    expect([iou, dice]).toEqual([0.5, 2 / 3]);
    expect([precision, recall]).toEqual([2 / 3, 2 / 3]);
    expect(binaryIou).toBeCloseTo((0.5 + 1 / 3) / 2);
    expect(() => confusion([1], [])).toThrow(/The mask has 1 pixels, the truth 0/);
    expect(confusion([1, 0], [IGNORED, IGNORED])).toEqual({ tp: 0, fp: 0, fn: 0, tn: 0 });
  });
  it('nothing to find and nothing found is right', () => {
    expect(maskScores(confusion([0, 0], [0, 0]))).toEqual({
      iou: 1,
      binaryIou: 1,
      dice: 1,
      precision: 1,
      recall: 1,
    });
    expect(maskScores(confusion([1, 0], [0, 0])).iou).toBe(0);
  });
  it('sum over many', () => {
    const one = { tp: 1, fp: 2, fn: 3, tn: 4 };
    expect(addConfusions([one, one])).toEqual({ tp: 2, fp: 4, fn: 6, tn: 8 });
  });
});

describe('pixelCounts', () => {
  const probabilities = [0.9, 0.8, 0.7, 0.6, 0.4, 0.2];
  const truth = [1, 1, 0, 1, 0, IGNORED];
  const counts = pixelCounts();
  counts.add(probabilities, truth);

  it('judges every threshold', () => {
    expect(counts.at(0.5)).toEqual({ tp: 3, fp: 1, fn: 0, tn: 1 });
    expect(counts.at(0.8)).toEqual({ tp: 1, fp: 0, fn: 2, tn: 2 }); // strictly above
    expect(counts.at(0)).toEqual({ tp: 3, fp: 2, fn: 0, tn: 0 });
    expect(counts.at(1)).toEqual({ tp: 0, fp: 0, fn: 3, tn: 2 });
    expect(counts.best()).toEqual({ threshold: 0.599, score: 0.75 });
    expect(counts.best('precision').score).toBe(1);
  });

  it('leaves out what is ignored, wherever it is', () => {
    const some = pixelCounts();
    some.add([0.9, 0.9, 0.1], [IGNORED, 1, IGNORED]);
    expect(some.at(0.5)).toEqual({ tp: 1, fp: 0, fn: 0, tn: 0 });
    expect(some.averagePrecision()).toBe(1);
    const sure = pixelCounts();
    sure.add([0], [1]);
    expect(sure.averagePrecision()).toBe(1); // found at the lowest threshold at last
  });

  it('average precision is what scikit-learn gives', () => {
    // average_precision_score([1, 1, 0, 1, 0], [.9, .8, .7, .6, .4]) = 1/3 + 1/3 + 3/4/3
    expect(counts.averagePrecision()).toBeCloseTo(11 / 12, 12);
  });

  it('agrees with thresholding one by one', () => {
    const pixel = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));
    const pixels = fc.array(pixel, { minLength: 1, maxLength: 40 });
    const step = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(pixels, step, (list, k) => {
        const own = pixelCounts({ steps: 100 });
        const [p, t] = [list.map(([value]) => value), list.map(([, inside]) => inside)];
        own.add(p, t);
        const inside = p.map((value) => (value > k / 100 ? 1 : 0));
        expect(own.at(k / 100)).toEqual(confusion(inside, t));
      }),
      { seed: 1 },
    );
  });

  it('refuses what does not fit', () => {
    expect(() => pixelCounts().add([0.5], [])).toThrow(/1 probabilities/);
    expect(() => pixelCounts().at(-1)).toThrow(/not 0 to 1/);
  });
});

describe('boundaryF', () => {
  const size = { width: 20, height: 20 };
  const box = (x0: number, y0: number, x1: number, y1: number) =>
    Uint8Array.from({ length: 400 }, (_, i) => {
      const [x, y] = [i % 20, Math.floor(i / 20)];
      return x >= x0 && x < x1 && y >= y0 && y < y1 ? 1 : 0;
    });

  it('is 1 for what agrees, and falls with distance and tolerance', () => {
    const truth = box(5, 5, 12, 12);
    expect(boundaryF(truth, truth, size)).toBe(1);
    expect(boundaryF(box(6, 5, 13, 12), truth, size, { tolerance: 1 })).toBe(1);
    const strict = boundaryF(box(6, 5, 13, 12), truth, size, { tolerance: 0.5 });
    expect(strict).toBeCloseTo(0.5, 12); // of 24 pixels each, the two rows share 6 each
    expect(boundaryF(box(15, 15, 18, 18), truth, size, { tolerance: 1 })).toBe(0);
  });

  it('takes masks without a boundary', () => {
    const [none, all] = [box(0, 0, 0, 0), box(0, 0, 20, 20)];
    expect(boundaryF(none, none, size)).toBe(1);
    expect(boundaryF(all, all, size)).toBe(1);
    expect(boundaryF(none, box(1, 1, 3, 3), size)).toBe(0);
    const one = { width: 1, height: 1 };
    expect(boundaryF(Uint8Array.of(1), Uint8Array.of(0), one)).toBe(1);
    expect(() => boundaryF(none, Uint8Array.of(0), size)).toThrow(/truth has 1 values/);
  });
});

describe('ranking', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 15 });

  it('auroc counts pairs', () => {
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        const wins = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
        const expected = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
        expect(auroc(a, b)).toBeCloseTo(expected, 12);
      }),
      { seed: 2 },
    );
    expect(auroc([], [1])).toBeNaN();
  });

  it('refuses what cannot be ranked, and takes what is infinite', () => {
    for (const rank of [auroc, bestOperatingPoint]) {
      expect(() => rank([1, Number.NaN], [0])).toThrow(/positives: number 1 is NaN/);
      expect(() => rank([1], ['0' as never])).toThrow(/negatives: number 0 is the text/);
      expect(() => rank(5 as never, [0])).toThrow(/positives is 5/);
    }
    expect(auroc([Number.POSITIVE_INFINITY], [3, Number.NEGATIVE_INFINITY])).toBe(1);
  });

  it('of nothing, nothing is missed or imagined', () => {
    expect(operatingPoint([], [], 0)).toEqual({ threshold: 0, missed: 0, imagined: 0 });
    expect(bestOperatingPoint([2, 4], [1, 3])).toEqual({ threshold: 1, missed: 0, imagined: 0.5 });
    expect(bestOperatingPoint([1], [2])).toMatchObject({ threshold: Number.NEGATIVE_INFINITY });
  });

  it('the best operating point is at least as good as any', () => {
    fc.assert(
      fc.property(scores, scores, fc.integer({ min: -1, max: 6 }), (a, b, threshold) => {
        const [best, other] = [bestOperatingPoint(a, b), operatingPoint(a, b, threshold)];
        expect(best.missed + best.imagined).toBeLessThanOrEqual(other.missed + other.imagined);
      }),
      { seed: 3 },
    );
    expect(operatingPoint([1, 3], [0, 2], 1)).toEqual({ threshold: 1, missed: 0.5, imagined: 0.5 });
  });
});
