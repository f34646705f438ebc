import { fakeClipSeg } from '@clipseg/core/testing';
import { expect, it } from 'vitest';

// Texts that OpenAI's CLIP cleans and Hugging Face's tokenizer does not.
const TEXTS = [
  ['it\u2019s', "it's"],
  ['don&#39;t', "don't"],
  ['&lt;b&gt;', '<b>'],
] as const;

async function embeddings(cleaning: 'huggingface' | 'openai' | undefined) {
  const clipSeg = await fakeClipSeg({ cleaning });
  const prompts = await clipSeg.encodePrompts(TEXTS.flat());
  return prompts.map((prompt) => Array.from((prompt as { embedding: Float32Array }).embedding));
}

it("OpenAI's cleaning makes these texts equal, Hugging Face's does not", async () => {
  const [openai, huggingface, standard] = await Promise.all([
    embeddings('openai'),
    embeddings('huggingface'),
    embeddings(undefined),
  ]);
  for (let i = 0; i < openai.length; i += 2) {
    expect(openai[i]).toEqual(openai[i + 1]);
    expect(huggingface[i]).not.toEqual(huggingface[i + 1]);
  }
  expect(standard).toEqual(huggingface);
});
