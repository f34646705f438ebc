import { type ClipSegError, createClipSeg } from '@clipseg/core';
import {
  type ContractCase,
  fakeBackend,
  fakeClipSeg,
  fakeColor,
  fakeImage,
  fakeModel,
  testBackend,
  testClipSeg,
} from '@clipseg/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const all = (cases: readonly ContractCase[]) => {
  for (const { name, run } of cases) it(name, run);
};

describe('the fakes keep the contracts', () => {
  all(testBackend({ backend: fakeBackend() }));
  all(testClipSeg({ create: () => fakeClipSeg() }));
});

describe('fakeColor', () => {
  it('is the color named in a text', () => {
    expect(fakeColor('a Red car')).toEqual([255, 0, 0]);
    expect(fakeColor('grey')).toEqual(fakeColor('something gray.'));
    expect(fakeColor('cat')).toEqual(fakeColor('  CAT '));
    expect(fakeColor('cat')).not.toEqual(fakeColor('dog'));
  });

  it('is the embedding of any text', async () => {
    const clipSeg = await fakeClipSeg();
    const phrases = fc
      .string({ maxLength: 25, unit: 'grapheme' })
      .filter((phrase) => phrase.trim() !== '');
    const check = async (phrase: string) => {
      const [prompt] = await clipSeg.encodePrompts([phrase]).catch((error: ClipSegError) => {
        expect(error.code).toBe('invalid-prompt'); // too many bytes
        return [];
      });
      if (!prompt) return;
      const color = Float32Array.from(fakeColor(phrase), (channel) => channel / 255);
      expect(prompt).toEqual({ label: phrase, embedding: color });
    };
    await fc.assert(fc.asyncProperty(phrases, check), { numRuns: 50 });
  });
});

describe('a mask', () => {
  it('covers the pixels in the color of the prompt', async () => {
    const clipSeg = await fakeClipSeg();
    const image = fakeImage(['cat', 'dog']);
    const { segments } = await clipSeg.segment(image, ['dog', 'cat', 'red']);
    const columns = (of: (x: number) => boolean) =>
      Uint8Array.from({ length: 64 * 64 }, (_, i) => (of(i % 64) ? 1 : 0));
    expect(segments[0]!.mask()).toEqual(columns((x) => x >= 32));
    expect(segments[1]!.mask()).toEqual(columns((x) => x < 32));
    expect(segments[2]!.mask()).toEqual(columns(() => false));
    expect(segments[0]!.logits[63]).toBeCloseTo(10, 4);
    const distance = Math.hypot(...fakeColor('cat').map((v, c) => (v - [255, 0, 0][c]!) / 255));
    expect(segments[2]!.logits[0]).toBeCloseTo(10 - (20 * distance) / (distance + 0.1), 4);
  });

  it('of an image prompt is that of its mean color', async () => {
    const clipSeg = await fakeClipSeg();
    const image = await clipSeg.encodeImage(fakeImage(['cat', 'dog']));
    const { segments } = await clipSeg.segment(image, ['dog', { image: fakeImage(['dog']) }]);
    expect(segments[1]!.mask()).toEqual(segments[0]!.mask());
  });
});

describe('fakeClipSeg', () => {
  const image = fakeImage(['cat']);

  it('records calls, dispose included', async () => {
    const clipSeg = await fakeClipSeg();
    await clipSeg.segment(image, 'cat', { negative: ['dog'] });
    await clipSeg.dispose();
    expect(clipSeg.calls).toEqual([
      { method: 'segment', args: [image, 'cat', { negative: ['dog'] }] },
      { method: 'dispose', args: [] },
    ]);
  });

  it('waits for onCall, and fails with its error', async () => {
    const broken = new Error('no GPU');
    const clipSeg = await fakeClipSeg({
      async onCall({ method }) {
        if (method === 'segment') throw broken;
        await new Promise((done) => setTimeout(done, 30));
      },
    });
    await expect(clipSeg.segment(image, 'cat')).rejects.toBe(broken);
    const start = performance.now();
    const prompts = clipSeg.encodePrompts(['cat']);
    await clipSeg.dispose(); // waits for the call
    expect(performance.now() - start).toBeGreaterThan(25);
    expect(await prompts).toHaveLength(1);
  });

  it('stops waiting when a call is aborted', async () => {
    const clipSeg = await fakeClipSeg({ onCall: () => new Promise(() => {}) });
    const controller = new AbortController();
    const call = clipSeg.segment(image, 'cat', { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
  });

  it('takes the inputs of its decodeImage', async () => {
    const decodeImage = async (name: string) => fakeImage([name]);
    const clipSeg = await fakeClipSeg({ decodeImage });
    const { segments } = await clipSeg.segment('cat', 'cat');
    expect(segments[0]!.mask()).not.toContain(0);
  });
});

describe('fakeBackend', () => {
  it('counts runs, and fails where onRun throws', async () => {
    const backend = fakeBackend({
      name: 'mine',
      onRun(graph) {
        if (graph === 'decoder') throw new Error('no memory');
      },
    });
    const clipSeg = await createClipSeg({ backend, model: fakeModel(), selfCheck: false });
    expect(clipSeg.model).toMatchObject({ name: 'fake', dtype: 'fp32' });
    expect(clipSeg.device).toMatchObject({ backend: 'mine', refused: [] });
    expect(backend.loaded.toSorted()).toEqual(['decoder', 'textEncoder', 'visionEncoder']);
    await expect(clipSeg.segment(fakeImage(['cat']), 'cat')).rejects.toMatchObject({
      code: 'backend',
      message: 'mine failed: no memory',
    });
    expect(backend.runs).toEqual({ visionEncoder: 1, visionHead: 0, textEncoder: 1, decoder: 1 });
  });

  it('passes the self-check, of every dtype and without the text encoder', async () => {
    for (const dtype of ['fp32', 'fp16', 'int8'] as const) {
      const clipSeg = await fakeClipSeg({ dtype, selfCheck: true });
      expect((await clipSeg.selfCheck({ textEncoder: false })).maxError).toBeLessThan(1e-5);
    }
  });

  it('refuses other graphs', async () => {
    const backend = fakeBackend();
    await expect(backend.createSession(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'backend',
      message: expect.stringContaining('not a graph of fakeModel()'),
    });
  });
});
