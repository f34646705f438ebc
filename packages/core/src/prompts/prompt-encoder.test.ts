import type { EncodedPrompt, Prompt } from '@clipseg/core';
import type { PromptStrategy } from '@clipseg/core/prompts';
import { fakeBackend, fakeClipSeg, fakeImage } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

const photo = fakeImage(['cat', 'dog']);
const vector = (prompt: EncodedPrompt | undefined): Float32Array =>
  prompt && 'embedding' in prompt ? prompt.embedding : new Float32Array();
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

describe('prompts that are refused', () => {
  const backend = fakeBackend();
  const opened = fakeClipSeg({ backend });

  it.each([
    ['nothing', [], /prompt/],
    ['an empty text', [''], /empty/],
    ['spaces', ['  '], /empty/],
    ['more than 77 tokens', [Array(200).fill('cat').join(' ')], /tokens/],
    ['a number', [7], /The prompt 7 /],
    ['null', [null], /strategy|null/],
    ['an object that no strategy accepts', [{ photo: 'x' }], /\{ photo \}.*text, template, ens/],
    ['NaN in an embedding', [{ embedding: [0, Number.NaN, 0] }], /finite|NaN/],
    ['a short embedding', [{ embedding: new Float32Array(2) }], /3/],
    ['an embedding of text', [{ embedding: 'x' }], /embedding/],
  ])('%s', async (_, prompts, message) => {
    const clipSeg = await opened;
    const error = await failure(clipSeg.segment(photo, prompts as Prompt[]));
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(['invalid-prompt', 'invalid-argument']).toContain(error.code);
    expect(backend.runs).toMatchObject({ visionEncoder: 0, decoder: 0 });
  });
});

describe('strategies', () => {
  const twice = (name: string): PromptStrategy<{ twice: string }> => ({
    specificationVersion: 1,
    name,
    accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'twice' in prompt,
    label: ({ twice: text }) => `twice ${text}`,
    encode: async (prompts, { encodeText }) => {
      const embeddings = await encodeText(prompts.map((prompt) => prompt.twice));
      return embeddings.map((embedding) => embedding.map((value) => 2 * value));
    },
  });

  it('of a third party work beside the built-in ones', async () => {
    const other = await fakeClipSeg({ strategies: [twice('twice')] });
    const [text] = await other.encodePrompts(['cat']);
    const doubled = { embedding: vector(text).map((v) => 2 * v), label: 'by hand' };
    const { segments } = await other.segment(photo, [{ twice: 'cat' }, doubled]);
    expect(segments.map(({ label }) => label)).toEqual(['twice cat', 'by hand']);
    expect(segments[0]!.logits).toEqual(segments[1]!.logits);
  });

  it.each([[['same', 'same']], [['text']]])('named %j are refused', async (names) => {
    const error = await failure(fakeClipSeg({ strategies: names.map(twice) }));
    expect(error).toMatchObject({ code: 'invalid-argument', message: /both called/ });
  });
});
