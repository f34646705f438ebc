import {
  and,
  type ClipSeg,
  createClipSeg,
  embedding,
  image,
  minus,
  mix,
  not,
  or,
  type Prompt,
  type RawImage,
  template,
  term,
  text,
} from '@clipseg/core';
import type { CompositeStrategy, CompositionPrompt, PromptStrategy } from '@clipseg/core/prompts';
import { fakeBackend, fakeClipSeg, fakeImage, fakeModel } from '@clipseg/core/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';

interface Swatch {
  readonly swatch: 'red' | 'green';
}
const swatch = (): PromptStrategy<Swatch> => ({
  specificationVersion: 1,
  name: 'swatch',
  accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'swatch' in prompt,
  label: (prompt) => `a ${prompt.swatch} swatch`,
  encode: (prompts, { encodeText }) => encodeText(prompts.map((prompt) => prompt.swatch)),
});

interface AnyOf {
  readonly anyOf: readonly (string | AnyOf)[];
}
const anyOf = (): CompositeStrategy<AnyOf> => ({
  specificationVersion: 1,
  name: 'any-of',
  accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'anyOf' in prompt,
  label: (prompt, { labelOf }) => prompt.anyOf.map((one) => labelOf(one)).join(' / '),
  compose: (prompt) => or(...prompt.anyOf).compose,
});

const photo = fakeImage(['cat', 'dog', 'red', 'toy']);
const example = fakeImage(['cat']);
const region = { box: [0, 0, 9, 9] } as const;
const options = { backend: fakeBackend(), model: fakeModel() };

it('accepts custom prompts beside the built-in ones, and as negatives', async () => {
  const clipSeg = await createClipSeg({ ...options, strategies: [swatch()] });
  const { segments } = await clipSeg.segment(
    photo,
    ['cat', image(example, { region }), mix('cat', 'dog'), { swatch: 'red' }],
    { negative: ['toy'] },
  );
  expect(segments.map(({ label }) => label)).toEqual(['cat', 'image', 'cat + dog', 'a red swatch']);
  await clipSeg.segment(photo, text('a cat', { label: 'cat' }), {
    negative: [{ swatch: 'green' }],
  });
});

it('infers the types of prompts from the strategies', async () => {
  expectTypeOf(await fakeClipSeg()).toExtend<ClipSeg<RawImage>>();
  expectTypeOf(await createClipSeg(options)).toEqualTypeOf<ClipSeg<RawImage>>();
  const one = await createClipSeg({ ...options, strategies: [swatch()] });
  expectTypeOf(one).toEqualTypeOf<ClipSeg<RawImage, Swatch>>();
  const two = await createClipSeg({ ...options, strategies: [swatch(), anyOf()] });
  expectTypeOf(two).toEqualTypeOf<ClipSeg<RawImage, Swatch | AnyOf>>();
  const named = await createClipSeg<RawImage, AnyOf>(options); // e.g. of a worker's strategies
  expectTypeOf(named).toEqualTypeOf<ClipSeg<RawImage, AnyOf>>();
  await expect(named.encodePrompts([{ anyOf: ['cat'] }])).rejects.toThrow(/anyOf/);
  const { segments } = await two.segment(photo, [
    { anyOf: ['cat', { anyOf: ['dog', 'red'] }] },
    and({ swatch: 'red' }, not({ anyOf: ['cat'] })),
  ]);
  expect(segments.map(({ label }) => label)).toEqual([
    'cat / dog / red',
    '(a red swatch AND NOT cat)',
  ]);
});

describe('a prompt that no strategy takes', async () => {
  const plain = await createClipSeg(options);
  const withSwatch = await createClipSeg({ ...options, strategies: [swatch()] });
  it.each<[string, () => Promise<unknown>]>([
    // @ts-expect-error no strategy takes it
    ['without its strategy', () => plain.segment(photo, { swatch: 'red' })],
    // @ts-expect-error no strategy takes it
    ['in a composition', () => plain.segment(photo, and('cat', { swatch: 'red' }))],
    // @ts-expect-error a typing error
    ['with a wrong key', () => withSwatch.segment(photo, { swtach: 'red' })],
    // @ts-expect-error a typing error
    ['in a mix', () => withSwatch.segment(photo, mix('cat', { swtach: 'red' }))],
    // @ts-expect-error a typing error
    ['in a mix as data', () => withSwatch.segment(photo, { mix: ['cat', { swtach: 'red' }] })],
    // @ts-expect-error a typing error
    ['deep in', () => withSwatch.segment(photo, minus('cat', or('dog', { swtach: 'red' })))],
    // @ts-expect-error a typing error
    ['as negative', () => withSwatch.segment(photo, 'cat', { negative: [{ swtach: 'red' }] })],
    // @ts-expect-error a typing error
    ['to encode', () => withSwatch.encodePrompts([{ swtach: 'red' }])],
    // @ts-expect-error a number is not a prompt
    ['a number', () => withSwatch.segment(photo, and('cat', 7))],
    // @ts-expect-error a path is not a RawImage
    ['an image of another adapter', () => withSwatch.segment(photo, image('cat.png'))],
  ])('does not compile, and is refused: %s', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: /invalid-(prompt|image|argument)/ });
  });
  // @ts-expect-error a value that the strategy's type does not have
  it('checks values', () => withSwatch.encodePrompts([{ swatch: 'blue' }]));
});

it('writes plain data, whose types say what is in it', () => {
  const prompts: Prompt[] = [
    text('a cat', { label: 'cat' }),
    template('cat', { templates: ['one {}'], ensemble: 'maximum' }),
    image('cat.png', { region, masking: 'crop', resolution: 64, label: 'cat' }),
    image(['a.png', image('b.png', { region })], { label: 'both' }),
    mix('cat', 'dog'),
    mix(['cat', 'dog'], { weights: [0.7, 0.3], label: 'both' }),
    embedding([1, 2], { label: 'mine' }),
    and('cat', term('dog', { grow: 2 })),
  ];
  expect(prompts).toEqual([
    { text: 'a cat', label: 'cat' },
    { text: 'cat', templates: ['one {}'], ensemble: 'maximum' },
    { image: 'cat.png', region, masking: 'crop', resolution: 64, label: 'cat' },
    { supports: [{ image: 'a.png' }, { image: 'b.png', region }], label: 'both' },
    { mix: ['cat', 'dog'] },
    { mix: ['cat', 'dog'], weights: [0.7, 0.3], label: 'both' },
    { embedding: [1, 2], label: 'mine' },
    {
      compose: {
        op: 'and',
        terms: [
          { op: 'prompt', prompt: 'cat' },
          { op: 'prompt', prompt: 'dog', grow: 2 },
        ],
      },
    },
  ]);
  expect(structuredClone(prompts)).toEqual(prompts);
  expectTypeOf(and('cat', or('dog', 'cow'))).toEqualTypeOf<CompositionPrompt<string>>();
  const built: CompositionPrompt<string | Swatch> = minus('cat', not({ swatch: 'red' }));
  expectTypeOf(built).toExtend<Prompt<Swatch>>();
  expectTypeOf(built).not.toExtend<Prompt>();
});

it('applies the options of several images to each of them', () => {
  const supports = image(['a.png', image('b.png', { masking: 'blur' })], { masking: 'crop' });
  expect(supports).toEqual({
    supports: [
      { image: 'a.png', masking: 'crop' },
      { image: 'b.png', masking: 'blur' },
    ],
  });
});

it('phrases every text of a composition, and leaves its other prompts alone', () => {
  const shown = image('cat.png');
  const own = template('cow', { templates: 'fixed' });
  const composition = and('cat', text('dog', { label: 'Dog' }), { ...or(own, shown), label: 'x' });
  expect(template({ ...composition, label: 'old' }, { templates: 'plain', label: 'new' })).toEqual({
    ...and(
      { text: 'cat', templates: 'plain' },
      { text: 'dog', templates: 'plain', label: 'Dog' },
      or(own, shown),
    ),
    label: 'new',
  });
});
