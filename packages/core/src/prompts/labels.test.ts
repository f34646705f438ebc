import {
  and,
  embedding,
  image,
  mean,
  mix,
  not,
  or,
  sum,
  template,
  term,
  text,
} from '@clipseg/core';
import type { CompositionPrompt, PromptStrategy } from '@clipseg/core/prompts';
import { fakeClipSeg, fakeImage } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

interface Shout {
  readonly shout: string;
}
const shout: PromptStrategy<Shout> = {
  specificationVersion: 1,
  name: 'shout',
  accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'shout' in prompt,
  label: (prompt) => `${prompt.shout}!`,
  encode: (prompts, { encodeText }) => encodeText(prompts.map((prompt) => prompt.shout)),
};

const photo = fakeImage(['cat', 'dog']);
const clipSeg = await fakeClipSeg({ strategies: [shout] });
const [vector] = await clipSeg.encodePrompts(['cat']);
const values = (vector as { embedding: Float32Array }).embedding;

const cases = [
  ['cat', 'cat'],
  ['a cat', text('a cat')],
  ['Cat', text('a cat', { label: 'Cat' })],
  ['cat', template('cat', { templates: 'shuffle' })],
  ['Cat', template('cat', { templates: 'shuffle', ensemble: 'logits', label: 'Cat' })],
  ['image', image(photo)],
  ['like this', image(photo, { label: 'like this' })],
  ['image', image([photo, photo])],
  ['embedding', embedding(values)],
  ['cat + image', mix('cat', image(photo))],
  ['cat + dog + cow!', mix('cat', mix('dog', { shout: 'cow' }))],
  ['both', mix(['cat', 'dog'], { label: 'both' })],
  ['cat!', { shout: 'cat' }],
  ['(image AND NOT cat + dog)', and(image(photo), not(mix('cat', 'dog')))],
  ['(cat! OR Dog)', or({ shout: 'cat' }, text('dog', { label: 'Dog' }))],
  ['(cat + embedding)', sum(term('cat', { weight: 2 }), embedding(values))],
  ['mean(cat, dog)', mean('cat', template('dog', { templates: 'fixed' }))],
  ['both', { ...and('cat', 'dog'), label: 'both' }],
] as const;

describe('a segment has the label that the strategy of its prompt says', () => {
  it.each(cases)('%s', async (label, prompt) => {
    for (const negative of [undefined, [], ['grass', image(photo), { shout: 'sky' }]]) {
      const { segments } = await clipSeg.segment(photo, prompt, { negative });
      expect(segments.map((segment) => segment.label)).toEqual([label]);
    }
    expect((await clipSeg.encodePrompts([prompt]))[0]!.label).toBe(label);
  });
});

it('labels every prompt of a composition, which a bank and messages show', async () => {
  const [encoded] = await clipSeg.encodePrompts([and(mix('cat', 'dog'), { shout: 'cow' })]);
  const { compose } = encoded as CompositionPrompt;
  expect(compose).toMatchObject({
    terms: [{ prompt: { label: 'cat + dog' } }, { prompt: { label: 'cow!' } }],
  });
});

it('keeps an embedding an embedding, whatever strategies it went through', async () => {
  const single: CompositionPrompt = { compose: { op: 'prompt', prompt: 'cat' }, label: 'Cat' };
  expect(await clipSeg.encodePrompts([single])).toEqual([{ label: 'Cat', embedding: values }]);
  const [mixed] = await clipSeg.encodePrompts([mix(single, 'cat')]);
  expect(mixed).toMatchObject({ label: 'Cat + cat' });
});

it('encodes and decodes negatives once for all prompts', async () => {
  const { data } = await clipSeg.segment(photo, ['cat', 'dog'], { negative: ['cow', 'sky'] });
  expect(data.maps).toHaveLength(4);
});

it.each([5, undefined, null, {}])('refuses the label %j', async (label) => {
  const bad = { ...shout, label: () => label as string };
  const other = await fakeClipSeg({ strategies: [bad] });
  await expect(other.encodePrompts([{ shout: 'cat' }])).rejects.toMatchObject({
    code: 'invalid-prompt',
    message: expect.stringContaining('The strategy "shout" returned the label'),
  });
});

it.each([undefined, 2])('refuses a strategy of the version %j', async (version) => {
  const old = { ...shout, specificationVersion: version as 1 };
  await expect(fakeClipSeg({ strategies: [old] })).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/prompt strategy "shout" has .*specificationVersion/),
  });
});
