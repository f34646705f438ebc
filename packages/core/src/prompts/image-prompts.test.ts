import { type ClipSeg, type EncodedPrompt, image, not, type Prompt } from '@clipseg/core';
import { blur, crop, darken, tokenMask } from '@clipseg/core/prompts';
import { fakeClipSeg, fakeColor, fakeImage } from '@clipseg/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const photo = fakeImage(['cat', 'grass', 'sky', 'grass']);
/** The cat's stripe, 16 pixels wide. */
const region = { box: [0, 0, 16, 64] } as const;
let clipSeg: ClipSeg;
beforeAll(async () => {
  clipSeg = await fakeClipSeg();
});

const vector = (prompt: EncodedPrompt): Float32Array =>
  'embedding' in prompt ? prompt.embedding : new Float32Array();
const embeddings = async (...prompts: Prompt[]) =>
  (await clipSeg.encodePrompts(prompts)).map(vector);
const failure = (prompt: unknown) =>
  clipSeg.encodePrompts([prompt as Prompt]).then(
    () => undefined,
    (error) => error,
  );
const furthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);
const expectNear = (a: Float32Array | undefined, b: ArrayLike<number>) => {
  expect(a).toHaveLength(b.length);
  expect(furthest(a!, Float32Array.from(b))).toBeLessThan(1e-5);
};
const colorOf = (text: string) => fakeColor(text).map((channel) => channel / 255);

describe('image prompts', () => {
  it('show the region through the masking', async () => {
    const [whole, paper, named, listed, other, darkened] = await embeddings(
      { image: photo },
      { image: photo, region },
      { image: photo, region, masking: 'paper' },
      { image: photo, region, masking: [crop(), blur(), darken()] },
      { image: photo, region, masking: 'blur3_highlight01' },
      { image: photo, region, masking: 'darken=0' },
    );
    expect(named).toEqual(paper);
    expect(listed).toEqual(paper);
    expect(furthest(whole!, paper!)).toBeGreaterThan(0.01);
    expect(furthest(other!, paper!)).toBeGreaterThan(0.01);
    const [cat, grass, sky] = ['cat', 'grass', 'sky'].map(colorOf);
    expectNear(
      whole,
      cat!.map((value, c) => (value + 2 * grass![c]! + sky![c]!) / 4),
    );
    expectNear(
      darkened, // black is 0
      cat!.map((value) => value / 4),
    );
  });

  it('may mask tokens, after pixels or alone', async () => {
    const image = photo;
    const [plain, tokens, some, both, darkened] = await embeddings(
      { image },
      { image, region, masking: tokenMask() },
      { image, region, masking: tokenMask({ form: 'multiplicative', layers: [0, 2] }) },
      { image, region, masking: 'darken+token-mask' },
      { image, region, masking: 'darken' },
    );
    expectNear(tokens, colorOf('cat')); // nothing else is seen
    expectNear(both, colorOf('cat'));
    for (const [a, b] of [
      [plain, tokens],
      [plain, some],
      [some, tokens],
      [darkened, both],
      [plain, darkened],
    ]) {
      expect(furthest(a!, b!)).toBeGreaterThan(0.01);
    }
  });

  it('mask tokens in the given blocks', async () => {
    const image = photo;
    const [mean] = await embeddings({ image });
    const masked = await embeddings(
      ...[[0], [1], [2], [0, 2]].map((layers) => ({
        image,
        region,
        masking: tokenMask({ layers }),
      })),
    );
    for (const [i, share] of [1, 1, 1, 2].entries()) {
      expectNear(
        masked[i], // the fake class token is the mean over its three blocks
        colorOf('cat').map((value, c) => (share * value + (3 - share) * mean![c]!) / 3),
      );
    }
  });

  it('are averaged when there are several', async () => {
    const supports = ['cat', 'dog'].map((text) => ({ image: fakeImage([text]) }));
    const [a, b, mean] = await embeddings(...supports, { supports });
    expectNear(a, colorOf('cat'));
    expectNear(
      mean,
      a!.map((value, i) => (value + b![i]!) / 2),
    );
  });

  it('mix with texts by their weights', async () => {
    const support = { image: photo, region };
    const [text, shown, equal, weighted] = await embeddings(
      'cat',
      support,
      { mix: ['cat', support] },
      { mix: ['cat', support], weights: [2, -1] },
    );
    expectNear(
      equal,
      text!.map((v, i) => (v + shown![i]!) / 2),
    );
    expectNear(
      weighted,
      text!.map((v, i) => 2 * v - shown![i]!),
    );
  });

  it('give their labels to the results', async () => {
    const prompts = [
      { image: photo, label: 'like this' },
      { mix: ['cat', { text: 'dog', templates: 'fixed' }] },
      { text: 'dog', templates: 'shuffle+' },
    ];
    const { segments } = await clipSeg.segment(photo, prompts);
    expect(segments.map(({ label }) => label)).toEqual(['like this', 'cat + dog', 'dog']);
  });

  it('find the same object, and not another', async () => {
    const query = fakeImage(['cat', 'dog'], { width: 90, height: 60 });
    const prompts = ['cat', 'dog'].map((text) =>
      image(fakeImage([text, 'grass']), {
        region: { box: [0, 0, 32, 64] },
        masking: 'token-mask',
      }),
    );
    const { segments } = await clipSeg.segment(query, prompts);
    const [cat, dog] = segments.map((segment) => segment.mask());
    expect([cat![0], cat![80]]).toEqual([1, 0]);
    expect([dog![0], dog![80]]).toEqual([0, 1]);
  });
});

describe('templates', () => {
  it('are the mean of their phrasings, for any text', async () => {
    const [ensemble, a, b] = await embeddings(
      { text: '$& dog', templates: ['a {}', 'the {} here'] },
      'a $& dog',
      'the $& dog here',
    );
    expectNear(
      ensemble,
      a!.map((v, i) => (v + b![i]!) / 2),
    );
    expect(furthest(a!, b!)).toBeGreaterThan(0.01);
  });

  it('may be the mean or the maximum of the logits of their phrasings', async () => {
    const image = await clipSeg.encodeImage(photo);
    const prompt = { text: 'cat', templates: ['a {}', 'the {} here'] };
    const { segments } = await clipSeg.segment(image, [
      'a cat',
      'the cat here',
      { ...prompt, ensemble: 'logits', label: 'mean' },
      { ...prompt, ensemble: 'maximum' },
    ]);
    const [a, b, mean, greatest] = segments.map(({ logits }) => logits);
    expect(segments.map(({ label }) => label).slice(2)).toEqual(['mean', 'cat']);
    expectNear(
      mean,
      a!.map((value, i) => (value + b![i]!) / 2),
    );
    expect(greatest).toEqual(a!.map((value, i) => Math.max(value, b![i]!)));
    const [spread] = (await clipSeg.segment(image, { ...prompt, ensemble: 'embedding' })).segments;
    expect(furthest(spread!.logits, mean!)).toBeGreaterThan(0.01);
  });
});

describe('what is refused', () => {
  const image = photo;
  const nested = (depth: number): Prompt => (depth === 0 ? 'cat' : { mix: [nested(depth - 1)] });
  const deep = (depth: number): Prompt =>
    depth === 0 ? 'cat' : { compose: { op: 'prompt', prompt: deep(depth - 1) } };
  const wide = (depth: number): Prompt => {
    const prompt = depth === 0 ? 'cat' : wide(depth - 1);
    return { compose: { op: 'or', terms: Array(200).fill({ op: 'prompt', prompt }) } };
  };
  it.each([
    [
      'an empty region',
      { image, region: { box: [0, 0, 0, 0] } },
      'invalid-prompt',
      /holds no pixel/,
    ],
    [
      'an unknown masking',
      { image, region, masking: 'magic' },
      'invalid-argument',
      /choose among paper/,
    ],
    [
      'a block that the model does not have',
      { image, region, masking: tokenMask({ layers: [99] }) },
      'invalid-argument',
      /the blocks 0 to 2/,
    ],
    ['a support that is not an image', { image: 'none.png' }, 'invalid-image', /is string/],
    ['no supports', { supports: [] }, 'invalid-prompt', /at least one/],
    ['a missing weight', { mix: ['a', 'b'], weights: [1] }, 'invalid-prompt', /as many weights/],
    ['NaN as weight', { mix: ['a'], weights: [Number.NaN] }, 'invalid-prompt', /finite/],
    ['an unknown template set', { text: 'a', templates: 'all' }, 'invalid-prompt', /plain, fixed/],
    ['a template without a place', { text: 'a', templates: ['b'] }, 'invalid-prompt', /\{\}/],
    ['an empty text', { text: ' ', templates: 'fixed' }, 'invalid-prompt', /empty/],
    [
      'an unknown ensemble',
      { text: 'a', templates: 'fixed', ensemble: 'median' },
      'invalid-prompt',
      /"median"/,
    ],
    ['a mix with a composition', { mix: ['a', not('b')] }, 'invalid-prompt', /NOT b.*no embedding/],
    ['compositions 9 deep', deep(10), 'invalid-prompt', /more than 8 deep/],
    ['a composition of too many', wide(3), 'invalid-prompt', /more than 256/],
    ['mixes 9 deep', nested(10), 'invalid-prompt', /more than 8 deep/],
  ])('%s', async (_, prompt, code, message) => {
    expect(await failure(prompt as Prompt)).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('a masking strategy that gives another size is named', async () => {
    const small = { name: 'small', apply: () => ({ width: 3, height: 3 }) as never };
    expect(await failure({ image, masking: small })).toMatchObject({
      message: /masking small gives 3 x 3/,
    });
  });
});
