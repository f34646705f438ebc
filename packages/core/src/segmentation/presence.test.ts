import { describe, expect, it } from 'vitest';
import { sigmoid } from '../maps/sigmoid.js';
import { presence } from './presence.js';

/** Values in an order that is not theirs. */
const mixed = (values: readonly number[]) =>
  Float32Array.from(values, (_, i) => values[(i * 7919) % values.length]!);

describe('presence', () => {
  it('is the mean of the strongest hundredth, in probability', () => {
    // 1000 values from -5 to 5: the strongest ten are 4.91 to 5.
    const values = Array.from({ length: 1000 }, (_, i) => -5 + (i + 1) / 100);
    const { score, present } = presence({ logits: mixed(values) });
    expect(score).toBeCloseTo(sigmoid(4.955), 6);
    expect(present).toBe(true);
  });

  it('of equal values is theirs, and one value counts in small maps', () => {
    expect(presence({ logits: new Float32Array(500).fill(-3) }).score).toBeCloseTo(sigmoid(-3), 9);
    expect(presence({ logits: Float32Array.of(-8, 1, -8) }).score).toBeCloseTo(sigmoid(1), 9);
    expect(presence({ logits: mixed([...Array(150).fill(0), 2, 4]) }).score).toBeCloseTo(
      sigmoid(3),
      9,
    );
  });

  it('needs the score to exceed the threshold, 0.924 by default', () => {
    const logits = new Float32Array(1);
    expect(presence({ logits }, { threshold: 0.5 }).present).toBe(false);
    expect(presence({ logits }, { threshold: 0.49 }).present).toBe(true);
    const at = (p: number) => presence({ logits: Float32Array.of(Math.log(p / (1 - p))) }).present;
    expect([at(0.9235), at(0.9245)]).toEqual([false, true]);
  });

  it.each([[new Float32Array(0)], [[1, 2]], [undefined]])('refuses the logits %j', (logits) => {
    expect(() => presence({ logits: logits as never })).toThrow(/Float32Array/);
  });
});
