import { describe, expect, it } from 'vitest';
import { scoreMap } from '../maps/scores.js';
import { sigmoid } from '../maps/sigmoid.js';
import { binCenters, distributionOf, edgeAbove, pixelCount } from './distribution.js';

/** The bin in which a single pixel is counted: its edges. */
function binOf(value: number, scale: 'logit' | 'probability'): [low: number, high: number] {
  const { edges, counts } = distributionOf(
    scoreMap(Float32Array.of(value), { width: 1, height: 1 }, scale),
  );
  expect(counts.reduce((a, b) => a + b, 0)).toBe(1);
  const bin = counts.indexOf(1);
  return [edges[bin]!, edges[bin + 1]!];
}

describe('distributionOf', () => {
  it('counts a logit in the bin that holds its probability', () => {
    for (let value = -15.9; value < 15.9; value += 0.317) {
      const [low, high] = binOf(value, 'logit');
      expect(low).toBeLessThanOrEqual(sigmoid(value) + 1e-9);
      expect(high).toBeGreaterThan(sigmoid(value) - 1e-9);
      expect(high - low).toBeLessThan(0.001);
    }
  });

  it('counts a probability in the bin that holds it, to 16 bits', () => {
    for (let value = 0.0005; value < 1; value += 0.0137) {
      const [low, high] = binOf(value, 'probability');
      expect(low).toBeLessThanOrEqual(value + 1 / 65535);
      expect(high).toBeGreaterThan(value - 1 / 65535);
      expect(high - low).toBeLessThan(0.001);
    }
  });

  it('counts what is beyond in the outermost bins, and what is not a number in the first', () => {
    for (const [value, scale] of [
      [-40, 'logit'],
      [Number.NaN, 'logit'],
      [0, 'probability'],
      [-3, 'probability'],
      [Number.NaN, 'probability'],
    ] as const) {
      expect(binOf(value, scale)[0]).toBe(0);
    }
    for (const [value, scale] of [
      [16, 'logit'],
      [40, 'logit'],
      [1, 'probability'],
      [7, 'probability'],
    ] as const) {
      expect(binOf(value, scale)[1]).toBe(1);
    }
  });

  it('has ascending edges from 0 to 1, which are a copy', () => {
    const map = scoreMap(new Float32Array(6), { width: 3, height: 2 }, 'logit');
    const one = distributionOf(map);
    expect([one.edges[0], one.edges.at(-1)]).toEqual([0, 1]);
    expect(one.edges.every((edge, i) => i === 0 || edge > one.edges[i - 1]!)).toBe(true);
    expect(one.edges).toHaveLength(one.counts.length + 1);
    expect(pixelCount(one)).toBe(6);
    const kept = one.edges.slice();
    one.edges.fill(0);
    expect(distributionOf(map).edges).toEqual(kept);
  });

  it('reads every row', () => {
    const values = Float32Array.of(0.1, 0.1, 0.1, 0.9, 0.9, 0.9);
    for (const scale of ['logit', 'probability'] as const) {
      const { counts } = distributionOf(scoreMap(values, { width: 2, height: 3 }, scale));
      expect([...counts].filter((count) => count > 0)).toEqual([3, 3]);
    }
  });
});

describe('of a distribution', () => {
  const given = { edges: Float64Array.of(0, 0.2, 0.6, 1), counts: Float64Array.of(5, 0, 3) };

  it('centers are half-way', () => {
    for (const [i, center] of [0.1, 0.4, 0.8].entries()) {
      expect(binCenters(given)[i]).toBeCloseTo(center, 12);
    }
  });

  it('edges have at most so many pixels above them', () => {
    expect([2, 3, 7, 8].map((most) => edgeAbove(given, most))).toEqual([1, 0.2, 0.2, 0]);
  });
});
