import { describe, expect, it } from 'vitest';
import {
  aboveProbability,
  checkScores,
  limitOf,
  quantizedScores,
  quickProbability,
  rowOf,
  scoreMap,
} from './scores.js';
import { sigmoid } from './sigmoid.js';

const size = { width: 3, height: 2 };
const values = Float32Array.of(0.1, 0.5, 0.9, 0.25, 0.75, Number.NaN);

describe('scoreMap', () => {
  it('gives the rows of what is in memory', () => {
    const scores = scoreMap(values, size, 'probability');
    expect([scores.width, scores.height, scores.scale]).toEqual([3, 2, 'probability']);
    expect(scores.row(0)).toEqual(values.subarray(0, 3));
    expect(scores.row(1)).toEqual(values.subarray(3, 6));
  });

  it.each([
    [new Float32Array(5), /5 values, not 3 x 2/],
    [new Float64Array(6), /6 values, not 3 x 2/],
    [undefined, /The scores have undefined values/],
  ])('refuses other values: %#', (wrong, message) => {
    expect(() => scoreMap(wrong as never, size, 'logit')).toThrow(message);
  });

  it('refuses another scale and another size', () => {
    expect(() => scoreMap(values, size, 'odds' as never)).toThrow(/scale is "odds"/);
    expect(() => scoreMap(values, { width: 6, height: 0 }, 'logit')).toThrow(/The size is 6 x 0/);
  });
});

describe('checkScores', () => {
  const scores = scoreMap(values, size, 'logit');

  it('returns scores of the wanted size', () => {
    expect(checkScores(scores)).toBe(scores);
    expect(checkScores(scores, size)).toBe(scores);
  });

  it.each([
    [{ ...scores, row: 1 }, undefined, /no function row/],
    [{ ...scores, scale: 'odds' }, undefined, /scale of scores/],
    [{ ...scores, width: 0 }, undefined, /The size is 0 x 2/],
    [scores, { width: 3, height: 3 }, /3 x 2 pixels, not 3 x 3/],
    [scores, { width: 2, height: 2 }, /3 x 2 pixels, not 2 x 2/],
  ])('refuses others: %#', (wrong, wanted, message) => {
    expect(() => checkScores(wrong as never, wanted)).toThrow(message);
  });

  it('says so when a row is not a list of numbers', () => {
    expect(rowOf(scores, 1)).toEqual(values.subarray(3));
    expect(() => rowOf({ ...scores, row: () => 7 as never }, 0)).toThrow(/A row of scores is 7/);
  });
});

describe('aboveProbability', () => {
  it('is inside where the probability exceeds the threshold, on either scale', () => {
    const probabilities = scoreMap(values, size, 'probability');
    expect([...aboveProbability(probabilities, 0.5)]).toEqual([0, 0, 1, 0, 1, 0]);
    const logits = scoreMap(Float32Array.of(-1, 0, 0.1, 3, Number.NaN, -9), size, 'logit');
    expect([...aboveProbability(logits, 0.5)]).toEqual([0, 0, 1, 1, 0, 0]);
    expect([...aboveProbability(logits, 0.9)]).toEqual([0, 0, 0, 1, 0, 0]);
    expect([...aboveProbability(logits, 0)]).toEqual([1, 1, 1, 1, 0, 1]);
    expect([...aboveProbability(logits, 1)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('asks a map that knows a faster way, with the limit on its own scale', () => {
    const asked: number[] = [];
    const above = (limit: number) => {
      asked.push(limit);
      return Uint8Array.of(1);
    };
    const one = { width: 1, height: 1, row: () => new Float32Array(1), above };
    expect([...aboveProbability({ ...one, scale: 'logit' }, 0.5)]).toEqual([1]);
    aboveProbability({ ...one, scale: 'probability' }, 0.5);
    expect(asked).toEqual([0, 0.5]);
  });

  it('refuses a threshold that is not a probability', () => {
    const scores = scoreMap(values, size, 'probability');
    expect(() => aboveProbability(scores, 1.1)).toThrow(/threshold is 1.1/);
    expect(() => aboveProbability({} as never, 0.5)).toThrow(/The size/);
  });
});

describe('limitOf', () => {
  it('is a logit for logits', () => {
    const logits = scoreMap(values, size, 'logit');
    expect(sigmoid(limitOf(logits, 0.8))).toBeCloseTo(0.8, 12);
    expect(limitOf({ ...logits, scale: 'probability' }, 0.8)).toBe(0.8);
  });
});

describe('quantizedScores', () => {
  const rows = [Float32Array.of(0, 0.5, 1), Float32Array.of(-3, 0.123456, 7)];
  const scores = quantizedScores(size, (y, row) => row.set(rows[y]!));

  it('keeps probabilities to 16 bits, cut off at 0 and 1', () => {
    expect([scores.width, scores.height, scores.scale]).toEqual([3, 2, 'probability']);
    const first = [...scores.row(0)];
    const second = [...scores.row(1)];
    for (const [i, value] of [0, 0.5, 1, 0, 0.123456, 1].entries()) {
      expect(Math.abs([...first, ...second][i]! - value)).toBeLessThan(0.51 / 65535);
    }
    expect([first[0], first[2], second[0], second[2]]).toEqual([0, 1, 0, 1]);
  });

  it('compares what it kept', () => {
    expect([...scores.above!(0.4)]).toEqual([0, 1, 1, 0, 0, 1]);
    expect([...scores.above!(0)]).toEqual([0, 1, 1, 0, 1, 1]);
    expect([...scores.above!(1)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('quickProbability', () => {
  it('of a logit is right to three digits', () => {
    for (let logit = -18; logit <= 18; logit += 0.0137) {
      expect(Math.abs(quickProbability(logit, 'logit') - sigmoid(logit))).toBeLessThan(0.0005);
    }
    expect(quickProbability(0, 'logit')).toBe(0.5);
    expect(quickProbability(-100, 'logit')).toBeCloseTo(sigmoid(-24), 12);
    expect(quickProbability(100, 'logit')).toBeCloseTo(sigmoid(24), 7);
  });

  it('of a probability is itself within 0 and 1', () => {
    expect([-1, 0, 0.3, 1, 5].map((p) => quickProbability(p, 'probability'))).toEqual([
      0, 0, 0.3, 1, 1,
    ]);
  });

  it('of what is not a number is 0', () => {
    expect(quickProbability(Number.NaN, 'probability')).toBe(0);
    expect(quickProbability(Number.NaN, 'logit')).toBeLessThan(1e-6);
  });
});
