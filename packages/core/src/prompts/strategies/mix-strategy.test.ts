import type { MixPrompt } from '@clipseg/core/prompts';
import { describe, expect, it } from 'vitest';
import type { PromptContext } from '../../contracts/prompt-strategy.js';
import { mixStrategy } from './mix-strategy.js';

const strategy = mixStrategy();
const vectors: Readonly<Record<string, Float32Array>> = {
  cat: Float32Array.of(1, 0, 0),
  dog: Float32Array.of(0, 2, 0),
  cow: Float32Array.of(0, 0, 4),
};
const context = {
  encodePrompts: async (prompts: readonly string[]) =>
    prompts.map((label) => ({ label, embedding: vectors[label]! })),
} as unknown as PromptContext;
const encoded = async (...prompts: MixPrompt[]) =>
  (await strategy.encode(prompts, context)).map((vector) => Array.from(vector));

describe('mixStrategy', () => {
  it('mixes in equal shares, or by weights', async () => {
    expect(await encoded({ mix: ['cat', 'dog'] })).toEqual([[0.5, 1, 0]]);
    expect(await encoded({ mix: ['cat', 'dog'], weights: [3, -1] })).toEqual([[3, -2, 0]]);
    expect(await encoded({ mix: ['cow'] })).toEqual([[0, 0, 4]]);
  });

  it('keeps the prompts of several mixes apart', async () => {
    const mixes = [
      { mix: ['cat', 'dog'] },
      { mix: ['cow'] },
      { mix: ['dog', 'cow'], weights: [1, 1] },
    ];
    expect(await encoded(...mixes)).toEqual([
      [0.5, 1, 0],
      [0, 0, 4],
      [0, 2, 4],
    ]);
  });

  it.each([
    [[1]],
    [[1, 2, 3]],
    [[1, Number.NaN]],
    [[1, Number.POSITIVE_INFINITY]],
    ['11' as never],
  ])('refuses the weights %o', async (weights) => {
    const call = strategy.encode([{ mix: ['cat', 'dog'], weights }], context);
    await expect(call).rejects.toMatchObject({
      code: 'invalid-prompt',
      message: 'A mix of 2 prompts needs as many weights, each a finite number.',
    });
  });

  it('accepts mixes of at least one prompt, and nothing else', () => {
    for (const prompt of [{ mix: ['a'] }, { mix: ['a', { mix: ['b'] }] }]) {
      expect(strategy.accepts(prompt)).toBe(true);
    }
    for (const prompt of [{ mix: [] }, { mix: 'a' }, {}, 'mix', null, ['mix']]) {
      expect(strategy.accepts(prompt)).toBe(false);
    }
  });

  it('joins the labels of its prompts', () => {
    const labelOf = (prompt: unknown) => `<${prompt}>`;
    expect(strategy.label({ mix: ['cat', 'dog'] }, { labelOf })).toBe('<cat> + <dog>');
    expect(strategy.label({ mix: ['cat', 'dog'], label: 'pets' }, { labelOf })).toBe('pets');
  });
});
