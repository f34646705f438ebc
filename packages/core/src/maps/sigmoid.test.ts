import { describe, expect, it } from 'vitest';
import { addSigmoids, logit, sigmoid, sigmoids } from './sigmoid.js';

describe('sigmoid and logit', () => {
  it('are inverse to one another', () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(2)).toBeCloseTo(0.880797, 6);
    for (const value of [-7, -0.3, 0, 1, 12]) expect(logit(sigmoid(value))).toBeCloseTo(value, 9);
  });

  it('logit is finite for 0 and 1', () => {
    expect([logit(0), logit(1)]).toEqual([-50, 50]);
    expect(logit(0.5)).toBe(0);
  });
});

describe('sigmoids of a map', () => {
  const logits = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 75 + 0.0007);

  it('are right to six digits, also far outside', () => {
    const found = sigmoids(logits);
    const errors = [...found].map((value, i) => Math.abs(value - sigmoid(logits[i]!)));
    expect(Math.max(...errors)).toBeLessThan(2e-7);
    expect([...sigmoids(Float32Array.of(-1e9, 1e9))]).toEqual([
      Math.fround(sigmoid(-24)),
      Math.fround(sigmoid(24)),
    ]);
  });

  it('are added with their weight', () => {
    const into = Float32Array.of(1, 1);
    addSigmoids(Float32Array.of(0, 24), 0.5, into);
    addSigmoids(Float32Array.of(0, 24), -0.25, into);
    expect([...into]).toEqual([1.125, 1.25]);
  });
});
