import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blur, crop, darken, tokenMask } from '@clipseg/core/prompts';
import { type ClipSeg, createClipSeg, type ImageInput, type Prompt } from '@clipseg/node';
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
const worst = (a: Float32Array, b: Float32Array) =>
  a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);
const image = path('000.png');
const region = { box: [40, 40, 200, 200] } as const;

describe('image prompts', () => {
  it('mask the support outside of the region', async () => {
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
});

it('a support of the same object finds it, a support of another object does not', async () => {
  const { decodeCocoRle } = await import('@clipseg/core/raster');
  const annotations = JSON.parse(await readFile(join(scenes, 'annotations.json'), 'utf8'));
  type Label = { image: string; text: string; kind: string; rle: never };
  const labels: Label[] = annotations.flatMap(({ image: file, prompts }: never) =>
    (prompts as Label[]).filter(({ kind }) => kind === 'label').map((p) => ({ ...p, image: file })),
  );
  const pairs = labels
    .flatMap((a, i) => labels.slice(i + 1).map((b) => [a, b] as const))
    .filter(([a, b]) => a.text === b.text && a.image !== b.image)
    .slice(0, 6);
  expect(pairs).toHaveLength(6);
  let [right, wrong] = [0, 0];
  for (const [a, b] of pairs) {
    const other = labels.find(({ text, image: file }) => text !== a.text && file !== a.image)!;
    const prompts = [b, other].map(({ image: file, rle }) => ({
      image: path(file),
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

it('refuses a support that is not there', async () => {
  const prompt = { image: 'none.png' };
  const error = { code: 'not-found', message: expect.stringMatching(/none\.png/) };
  await expect(clipSeg.encodePrompts([prompt])).rejects.toMatchObject(error);
});
