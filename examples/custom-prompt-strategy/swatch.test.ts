import { fileURLToPath } from 'node:url';
import { testPromptStrategy } from '@clipseg/core/testing';
import { createClipSeg } from '@clipseg/node';
import { describe, expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { swatch } from './swatch.mjs';

describe('the contract', () => {
  const prompts = [{ swatch: [215, 40, 40] }, { swatch: [90, 170, 60] }];
  for (const { name, run } of testPromptStrategy({ strategy: swatch(), prompts })) it(name, run);
});

it('finds objects of the color', async () => {
  const clipSeg = await createClipSeg({ strategies: [swatch()] });
  const image = fileURLToPath(new URL('../images/breakfast.png', import.meta.url));
  const encoded = await clipSeg.encodeImage(image);
  const logits = async (prompt: unknown) =>
    (await clipSeg.segment(encoded, prompt as object)).segments[0]!.logits;
  const [red, word, green] = [
    await logits({ swatch: [220, 50, 40] }),
    await logits('something red'),
    await logits({ swatch: [80, 170, 70] }),
  ];
  const apart = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
  expect(apart(red, word)).toBeLessThan(apart(red, green) / 2);
  const malformed = clipSeg.segment(encoded, { swatch: [1, 2, 999] });
  await expect(malformed).rejects.toMatchObject({ code: 'invalid-prompt', message: /1,2,999/ });
  await clipSeg.dispose();
});
