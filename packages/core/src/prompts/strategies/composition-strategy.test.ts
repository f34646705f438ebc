import { and, type ClipSeg, type EncodedImage, minus, not, parsePrompt } from '@clipseg/core';
import type { CompositionPrompt } from '@clipseg/core/prompts';
import { fakeClipSeg, fakeImage } from '@clipseg/core/testing';
import { beforeAll, expect, it } from 'vitest';

let clipSeg: ClipSeg;
let image: EncodedImage;
beforeAll(async () => {
  clipSeg = await fakeClipSeg();
  const photo = fakeImage(['animal', 'food', 'background'], { width: 90, height: 70 });
  image = await clipSeg.encodeImage(photo);
});

it('combines the maps of its prompts, beside other prompts', async () => {
  const prompts = ['animal', minus('food', 'animal'), 'food', not('food')];
  const { segments } = await clipSeg.segment(image, prompts);
  const [animal, rest, food, none] = segments.map((segment) => segment.probabilities());
  for (let i = 0; i < animal!.length; i++) {
    expect(rest![i]).toBeCloseTo(Math.min(food![i]!, 1 - animal![i]!), 6);
    expect(none![i]).toBeCloseTo(1 - food![i]!, 6);
  }
  expect(segments.map(({ label }) => label)).toEqual([
    'animal',
    '(food AND NOT animal)',
    'food',
    'NOT food',
  ]);
  const { width, height, resolution: size } = await clipSeg.segment(image, prompts[1]!);
  expect(segments[1]!.logits.length).toBe(size[0] * size[1]);
  expect(segments[1]!.mask({ threshold: 0.2 }).length).toBe(width * height);
  expect(segments[1]!.logitsAtSource().every(Number.isFinite)).toBe(true);
});

it('is plain data between encodePrompts and decode', async () => {
  const prompts = await clipSeg.encodePrompts([and('animal', 'food'), 'food']);
  const [a, b] = [
    await clipSeg.decode(image, prompts),
    await clipSeg.decode(image, structuredClone(prompts)),
  ];
  expect(a.segments[0]!.probabilities()).toEqual(b.segments[0]!.probabilities());
});

it('negative prompts are removed from every mask, and labels stay', async () => {
  const options = { negative: ['animal', 'food'] };
  const { segments } = await clipSeg.segment(image, ['background', 'food'], options);
  const expected = minus('background', 'animal', 'food');
  const [by] = (await clipSeg.segment(image, expected)).segments;
  expect(segments[0]!.probabilities()).toEqual(by!.probabilities());
  expect(segments.map(({ label }) => label)).toEqual(['background', 'food']);
  expect(Math.max(...segments[1]!.probabilities())).toBeLessThanOrEqual(0.5);
});

it('accepts the text form, with prompts of any strategy inside', async () => {
  const { segments } = await clipSeg.segment(image, [parsePrompt('animal@0.3 OR food{-2}')]);
  expect(segments[0]!.label).toBe('animal@0.3 OR food{-2}');
  const mixed = and({ mix: ['animal', 'food'] }, { text: 'cat', templates: 'fixed' });
  expect((await clipSeg.segment(image, mixed)).segments[0]!.label).toBe('(animal + food AND cat)');
});

it('refuses hostile compositions, and encoded ones with invalid embeddings', async () => {
  const hostile = and('animal', 7) as CompositionPrompt<never>;
  await expect(clipSeg.segment(image, hostile)).rejects.toMatchObject({ code: 'invalid-prompt' });
  const embedding = new Float32Array(2);
  const encoded = {
    label: 'x',
    compose: { op: 'prompt', prompt: { label: 'x', embedding } },
  } as const;
  await expect(clipSeg.decode(image, [encoded])).rejects.toMatchObject({ code: 'invalid-prompt' });
});
