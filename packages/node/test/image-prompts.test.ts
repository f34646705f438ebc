import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blur, crop, darken, tokenMask } from '@clipseg/core/masking';
import { type ClipSeg, createClipSeg, type ImageInput, not, type Prompt } from '@clipseg/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scenes = fileURLToPath(new URL('../../../fixtures/scenes/', import.meta.url));
const path = (name: string) => join(scenes, 'images', name);
let clipSeg: ClipSeg<ImageInput>;
beforeAll(async () => {
  clipSeg = await createClipSeg();
});
afterAll(() => clipSeg.dispose());

const embeddings = async (...prompts: Prompt[]) =>
  (await clipSeg.encodePrompts(prompts)).map((prompt) =>
    'embedding' in prompt ? prompt.embedding : new Float32Array(),
  );
const failure = (prompt: Prompt) =>
  clipSeg.encodePrompts([prompt]).then(
    () => undefined,
    (error) => error,
  );
const worst = (a: Float32Array, b: Float32Array) =>
  a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);
const image = path('000.png');
const region = { box: [40, 40, 200, 200] } as const;

describe('image prompts', () => {
  it('see the region through the masking', async () => {
    const [whole, paper, named, listed, other] = await embeddings(
      { image, resolution: 96 },
      { image, region, resolution: 96 },
      { image, region, masking: 'paper', resolution: 96 },
      { image, region, masking: [crop(), blur(), darken()], resolution: 96 },
      { image, region, masking: 'blur3_highlight01', resolution: 96 },
    );
    expect(named).toEqual(paper);
    expect(listed).toEqual(paper);
    expect(worst(whole!, paper!)).toBeGreaterThan(0.01);
    expect(worst(other!, paper!)).toBeGreaterThan(0.01);
  });

  it('may mask tokens, after pixels or alone', async () => {
    const layers = [0, 3];
    const [plain, tokens, some, both, darkened] = await embeddings(
      { image, resolution: 96 },
      { image, region, resolution: 96, masking: tokenMask() },
      { image, region, resolution: 96, masking: tokenMask({ form: 'multiplicative', layers }) },
      { image, region, resolution: 96, masking: 'darken+token-mask' },
      { image, region, resolution: 96, masking: 'darken' },
    );
    const all = [plain, tokens, some, both, darkened] as Float32Array[];
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) expect(worst(a, b)).toBeGreaterThan(0.01);
    }
  });

  it('are averaged when there are several', async () => {
    const supports = [
      { image, size: 96 },
      { image: path('001.png'), size: 96 },
    ];
    const [a, b, mean] = await embeddings(...supports, { supports });
    expect(
      worst(
        mean!,
        a!.map((value, i) => (value + b![i]!) / 2),
      ),
    ).toBeLessThan(1e-5);
  });

  it('mix with texts by their weights', async () => {
    const support = { image, region, size: 96 };
    const [text, shown, equal, weighted] = await embeddings(
      'cat',
      support,
      { mix: ['cat', support] },
      { mix: ['cat', support], weights: [2, -1] },
    );
    expect(
      worst(
        equal!,
        text!.map((v, i) => (v + shown![i]!) / 2),
      ),
    ).toBeLessThan(1e-5);
    expect(
      worst(
        weighted!,
        text!.map((v, i) => 2 * v - shown![i]!),
      ),
    ).toBeLessThan(1e-5);
  });

  it('take their labels into the results', async () => {
    const prompts = [
      { image, size: 96, label: 'like this' },
      { mix: ['cat', { text: 'dog', templates: 'fixed' }] },
      { text: 'dog', templates: 'shuffle+' },
    ];
    const { segments } = await clipSeg.segment(path('001.png'), prompts, { resolution: 96 });
    const labels = segments.map(({ label }) => label);
    expect(labels).toEqual(['like this', 'cat + dog', 'dog']);
  });

  it('templates are the mean of their phrasings, whatever the text holds', async () => {
    const [ensemble, a, b] = await embeddings(
      { text: '$& dog', templates: ['a {}', 'the {} here'] },
      'a $& dog',
      'the $& dog here',
    );
    expect(
      worst(
        ensemble!,
        a!.map((v, i) => (v + b![i]!) / 2),
      ),
    ).toBeLessThan(1e-5);
  });
});

it('ensembles are the mean of embeddings or logits, or the greatest', async () => {
  const picture = await clipSeg.encodeImage(image, { resolution: 96 });
  const prompt = { text: 'cat', templates: ['a {}', 'the {} here'] };
  const { segments } = await clipSeg.segment(picture, [
    'a cat',
    'the cat here',
    { ...prompt, ensemble: 'logits', label: 'mean' },
    { ...prompt, ensemble: 'maximum' },
  ]);
  const [a, b, mean, greatest] = segments.map(({ logits }) => logits);
  expect(segments.map((segment) => segment.label).slice(2)).toEqual(['mean', 'cat']);
  const worstOf = (got: Float32Array, pick: (x: number, y: number) => number) =>
    worst(
      got,
      a!.map((value, i) => pick(value, b![i]!)),
    );
  expect(worstOf(mean!, (x, y) => (x + y) / 2)).toBeLessThan(1e-5);
  expect(worstOf(greatest!, Math.max)).toBe(0);
  const [spread] = (await clipSeg.segment(picture, { ...prompt, ensemble: 'embedding' })).segments;
  expect(worst(spread!.logits, mean!)).toBeGreaterThan(0.01);
});

it('a support of the same object finds it, one of another object does not', async () => {
  const { decodeCocoRle } = await import('@clipseg/core/masks');
  const annotations = JSON.parse(await readFile(join(scenes, 'annotations.json'), 'utf8'));
  type Label = { image: string; text: string; kind: string; rle: never };
  const labels: Label[] = annotations.flatMap(({ image: own, prompts }: never) =>
    (prompts as Label[]).filter(({ kind }) => kind === 'label').map((p) => ({ ...p, image: own })),
  );
  const pairs = labels
    .flatMap((a, i) => labels.slice(i + 1).map((b) => [a, b] as const))
    .filter(([a, b]) => a.text === b.text && a.image !== b.image)
    .slice(0, 6);
  expect(pairs).toHaveLength(6);
  let [right, wrong] = [0, 0];
  for (const [a, b] of pairs) {
    const other = labels.find(({ text, image: own }) => text !== a.text && own !== a.image)!;
    const prompts = [b, other].map(({ image: own, rle }) => ({
      image: path(own),
      region: { mask: decodeCocoRle(rle) },
      size: 128,
    }));
    const { segments } = await clipSeg.segment(path(a.image), prompts);
    const truth = decodeCocoRle(a.rle);
    const [good = 0, bad = 0] = segments.map((segment) => {
      const mask = segment.mask();
      const both = mask.filter((inside, i) => inside && truth[i]).length;
      return both / mask.filter((inside, i) => inside || truth[i]).length;
    });
    right += good / 6;
    wrong += bad / 6;
  }
  expect(right).toBeGreaterThan(wrong + 0.3);
});

describe('what is refused', () => {
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
      'a block that is none',
      { image, region, masking: tokenMask({ layers: [99] }) },
      'invalid-argument',
      /the blocks 0 to/,
    ],
    ['no picture', { image: 'none.png' }, 'not-found', /none\.png/],
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
    expect(await failure(prompt)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('a masking strategy that gives another size is named', async () => {
    const odd = { name: 'odd', apply: () => ({ width: 3, height: 3 }) as never };
    expect(await failure({ image, masking: odd })).toMatchObject({
      message: /masking odd gives 3 x 3/,
    });
  });
});
