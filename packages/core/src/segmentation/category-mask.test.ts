import { categoryMask, createSegmentation, presence, type Segmentation } from '@clipseg/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../maps/sigmoid.js';

/** Two prompts on 4 x 1 pixels. */
const segmentation = (a: number[], b: number[]): Segmentation =>
  createSegmentation({
    width: a.length,
    height: 1,
    resolution: [1, a.length],
    timings: {},
    maps: [Float32Array.from(a), Float32Array.from(b)],
    prompts: ['cat', 'dog'].map((label, prompt) => ({ label, compose: { op: 'prompt', prompt } })),
  });
const result = segmentation([3, 1, -1, -2], [1, 2, -2, 5]);
const data = (options?: Parameters<typeof categoryMask>[1]) => [
  ...categoryMask(result, options).data,
];

describe('categoryMask', () => {
  it('takes the strongest prompt above the background', () => {
    const { legend, width, height } = categoryMask(result);
    expect(data()).toEqual([1, 2, 0, 2]);
    expect([width, height]).toEqual([4, 1]);
    expect(legend).toEqual([
      { value: 0, label: 'background', area: 1 },
      { value: 1, label: 'cat', area: 1 },
      { value: 2, label: 'dog', area: 2 },
    ]);
  });
  it('background by threshold, label or share', () => {
    expect(data({ background: { threshold: sigmoid(2.5) } })).toEqual([1, 0, 0, 2]);
    expect(data({ background: { threshold: sigmoid(-9) } })).toEqual([1, 2, 1, 2]);
    expect(data({ background: { label: 'dog' } })).toEqual([1, 0, 1, 0]);
    // Shares of the winners: 0.88, 0.73, 0.73, 0.999.
    expect(data({ background: { share: 0.8 } })).toEqual([1, 0, 0, 2]);
    expect(data({ background: { share: 0.8 }, temperature: 10 })).toEqual([0, 0, 0, 0]);
  });
  it('a prompt that is the background is category 0, and the others close up', () => {
    const { data: categories, legend } = categoryMask(result, { background: { label: 'cat' } });
    expect([...categories]).toEqual([0, 1, 0, 1]);
    expect(legend).toEqual([
      { value: 0, label: 'cat', area: 2 },
      { value: 1, label: 'dog', area: 2 },
    ]);
  });
  it('bias favours a prompt', () => {
    expect(data({ bias: { cat: 1.5 } })).toEqual([1, 1, 1, 2]);
  });
  it.each([
    [{ temperature: 0 }, /temperature/],
    [{ bias: { bird: 1 } }, /"bird", which is no prompt/],
    [{ bias: { cat: Number.NaN } }, /bias of cat is NaN/],
    [{ background: { label: 'bird' } }, /none of cat, dog/],
    [{ background: { threshold: 2 } }, /background\.threshold.*from 0 to 1/],
    [{ background: { share: -1 } }, /background\.share.*from 0 to 1/],
  ])('%j is refused', (options, message) => {
    expect(() => data(options as never)).toThrow(message);
  });
  it('no prompts are refused', () => {
    expect(() => categoryMask({ ...result, segments: [] })).toThrow(/1 to 255/);
  });
});

describe('presence', () => {
  it('is the mean of the strongest hundredth', () => {
    const logits = Float32Array.from({ length: 400 }, (_, i) => (i < 4 ? 5 + i : -3));
    expect(presence({ logits })).toEqual({ score: sigmoid(6.5), present: true });
    expect(presence({ logits }, { threshold: sigmoid(7) }).present).toBe(false);
    expect(presence({ logits: Float32Array.of(-2) }).score).toBe(sigmoid(-2));
    expect(presence({ logits: Float32Array.of(2.49) }).present).toBe(false);
    expect(presence({ logits: Float32Array.of(2.51) }).present).toBe(true);
    expect(logits[0]).toBe(5); // not sorted in place
    expect(() => presence({ logits }, { threshold: Number.NaN })).toThrow(/from 0 to 1/);
    expect(() => presence({ logits }, { threshold: 2.5 })).toThrow(/from 0 to 1/);
  });
  it('is what sorting gives', () => {
    const values = fc.float({ min: -60, max: 60, noNaN: true });
    const lists = fc.array(values, { minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(lists, (list) => {
        const logits = Float32Array.from(list);
        const count = Math.max(1, Math.round(list.length / 100));
        const strongest = logits.slice().sort().subarray(-count);
        const expected = strongest.reduce((sum, logit) => sum + logit, 0) / count;
        expect(presence({ logits }).score).toBeCloseTo(sigmoid(expected), 9);
      }),
      { seed: 4 },
    );
  });
});
