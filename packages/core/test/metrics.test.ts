import { readFileSync } from 'node:fs';
import { addConfusions, confusion, fixedIntervalMetrics, maskScores } from '@clipseg/core/metrics';
import { readSafetensors } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url));
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
  const scores = evaluated();
  it('average precision', () => expect(scores.ap).toBeCloseTo(golden.ap, 9));
  it.each([
    ['fgiou', scores.fgiou, 'fgiou_scores'],
    ['biniou', scores.biniou, 'biniou_scores'],
    ['miou', scores.miou!, 'mean_iou_scores'],
  ])('%s', (name, curve, list) => {
    expect(curve.best).toBeCloseTo(golden[`${name}_best`], 9);
    expect(curve.bestThreshold).toBeCloseTo(golden[`${name}_best_t`], 9);
    for (const threshold of [0.1, 0.2, 0.3, 0.5]) {
      expect(curve.at(threshold)).toBeCloseTo(golden[`${name}_${threshold}`], 9);
    }
    const expected: number[] = golden[list];
    expect(curve.scores.length).toBe(expected.length);
    for (const [i, score] of curve.scores.entries()) expect(score).toBeCloseTo(expected[i]!, 9);
  });

  it('without classes there is no mean over them, and other thresholds are refused', () => {
    const { miou, fgiou } = evaluated(false);
    expect(miou).toBeUndefined();
    expect(() => fgiou.at(0.33)).toThrow(/not one of 0\.02/);
    expect(() => fixedIntervalMetrics().value()).toThrow(/Nothing was added/);
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
    expect(() => confusion([1], [])).toThrow(RangeError);
  });
  it('nothing to find and nothing found is right', () => {
    expect(maskScores(confusion([0, 0], [0, 0]))).toEqual({
      ...{ iou: 1, binaryIou: 1, dice: 1, precision: 1, recall: 1 },
    });
    expect(maskScores(confusion([1, 0], [0, 0])).iou).toBe(0);
  });
  it('sum over many', () => {
    const one = { tp: 1, fp: 2, fn: 3, tn: 4 };
    expect(addConfusions([one, one])).toEqual({ tp: 2, fp: 4, fn: 6, tn: 8 });
  });
});
