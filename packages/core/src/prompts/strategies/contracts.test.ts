import { minus, parsePrompt } from '@clipseg/core';
import type { CompositionPrompt, EmbeddingStrategy } from '@clipseg/core/prompts';
import {
  bankStrategy,
  compositionStrategy,
  embeddingStrategy,
  ensembleStrategy,
  imageStrategy,
  mixStrategy,
  templateStrategy,
  textStrategy,
} from '@clipseg/core/prompts';
import { type ContractCase, testPromptStrategy } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

const all = (cases: readonly ContractCase[]) => {
  for (const { name, run } of cases) it(name, run);
};

describe('the built-in strategies fulfill the contract', () => {
  all(
    testPromptStrategy({
      strategy: textStrategy(),
      prompts: ['a cat', 'a dog', { text: 'two words' }],
    }),
  );
  const vectors = [1, 2].map((value) => ({ embedding: new Float32Array(512).fill(value) }));
  all(testPromptStrategy({ strategy: embeddingStrategy(), prompts: vectors }));
  const supports = ['a.png', 'b.png'].map((name) => ({ image: name, label: name }));
  all(testPromptStrategy({ strategy: imageStrategy(), prompts: [...supports, { supports }] }));
  const mixes = [{ mix: ['cat', 'dog'] }, { mix: ['a', 'b', 'c'], weights: [1, 2, -1] }];
  all(testPromptStrategy({ strategy: mixStrategy(), prompts: mixes }));
  const phrases = ['shuffle', 'shuffle+', ['one {}']].map((templates) => ({
    text: 'cat',
    templates,
  }));
  all(testPromptStrategy({ strategy: templateStrategy(), prompts: phrases }));
  const apart = (['logits', 'maximum'] as const).map((kind, i) => ({
    ...phrases[i]!,
    ensemble: kind,
  }));
  all(testPromptStrategy({ strategy: ensembleStrategy(), prompts: apart }));
  const encoded = vectors.map(({ embedding }, i) => ({ label: 'ab'.charAt(i), embedding }));
  const bank = bankStrategy({ model: 'any', prompts: encoded });
  all(testPromptStrategy({ strategy: bank, prompts: ['a', { text: 'b' }] }));
  const composed = [minus('cat', 'dog'), parsePrompt('a:2 + b') as CompositionPrompt];
  all(testPromptStrategy({ strategy: compositionStrategy(), prompts: composed }));
});

describe('testPromptStrategy detects', () => {
  const good = textStrategy();
  const failures = async (cases: readonly ContractCase[]) => {
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    return cases.filter((_, i) => outcomes[i]?.status === 'rejected').map(({ name }) => name);
  };
  it.each([
    ['accepts everything', { accepts: () => true }, /nothing else/],
    ['has no label', { label: () => '' }, /labels/],
    ['gives too few', { encode: async () => [] }, /one finite embedding/],
    ['gives NaN', { encode: nan }, /finite/],
    ['is of another version', { specificationVersion: 2 as never }, /nothing else/],
    ['depends on neighbors', { encode: neighbours }, /neighbours/],
  ] as [string, Partial<EmbeddingStrategy<string>>, RegExp][])(
    'a strategy that %s',
    async (_, change, name) => {
      const strategy = { ...good, ...change };
      const found = await failures(testPromptStrategy({ strategy, prompts: ['a', 'b'] }));
      expect(found.join()).toMatch(name);
    },
  );
  async function nan(prompts: readonly string[]) {
    return prompts.map(() => new Float32Array(512).fill(Number.NaN));
  }
  async function neighbours(prompts: readonly string[]) {
    return prompts.map((_, i) => new Float32Array(512).fill(i));
  }
});
