import { and, type ClipSeg, type ClipSegError, type EncodedImage, term } from '@clipseg/core';
import { bankStrategy, readPromptBank, writePromptBank } from '@clipseg/core/prompts';
import { fakeBackend, fakeClipSeg, fakeImage } from '@clipseg/core/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

const photo = fakeImage(['teapot', 'pill', 'drink']);
let clipSeg: ClipSeg;
let image: EncodedImage;
let file: Uint8Array;
beforeAll(async () => {
  clipSeg = await fakeClipSeg();
  image = await clipSeg.encodeImage(photo);
  const prompts = await clipSeg.encodePrompts([
    'teapot',
    { text: 'pill', templates: 'shuffle', ensemble: 'maximum' },
    { ...and('teapot', term('drink', { threshold: 0.3, grow: 2 })), label: 'both' },
  ]);
  file = writePromptBank({ model: clipSeg.model.id, prompts });
});

const failure = (bytes: Uint8Array, options = {}): ClipSegError => {
  try {
    readPromptBank(bytes, options);
  } catch (error) {
    return error as ClipSegError;
  }
  throw new Error('not refused');
};

it('gives the prompts back, compositions too', async () => {
  const again = readPromptBank(Buffer.from(file), clipSeg); // whose slice shares memory
  expect(again.model).toBe(clipSeg.model.id);
  expect(again.prompts.map(({ label }) => label)).toEqual(['teapot', 'pill', 'both']);
  const direct = await clipSeg.segment(image, [
    'teapot',
    { text: 'pill', templates: 'shuffle', ensemble: 'maximum' },
    and('teapot', term('drink', { threshold: 0.3, grow: 2 })),
  ]);
  const banked = await clipSeg.segment(image, again.prompts);
  const maps = (result: typeof direct) => result.segments.map(({ logits }) => logits);
  expect(maps(banked)).toEqual(maps(direct));
});

it('is a safetensors file', () => {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const { __metadata__: metadata, embeddings } = JSON.parse(
    new TextDecoder().decode(file.subarray(8, 8 + length)),
  );
  expect(embeddings).toMatchObject({ dtype: 'F32', shape: [7, 3] });
  expect(JSON.parse(metadata.labels).slice(0, 2)).toEqual(['teapot', 'a photo of a pill.']);
  expect(file.length).toBe(8 + length + 4 * 7 * 3);
});

it('serves texts without a text encoder', async () => {
  const read = readPromptBank(file, clipSeg);
  const { loaded, ...backend } = fakeBackend();
  const strategies = [bankStrategy(read)];
  const other = await fakeClipSeg({ backend, strategies, preload: ['visionEncoder'] });
  expect(loaded).toEqual(['visionEncoder']);
  const { segments } = await other.segment(photo, ['teapot', 'both']);
  expect(segments.map(({ label }) => label)).toEqual(['teapot', 'both']);
  const [direct] = (await clipSeg.segment(image, 'teapot')).segments;
  expect(segments[0]!.logits).toEqual(direct!.logits);
  expect(loaded).toEqual(['visionEncoder', 'decoder']);
  await other.segment(photo, ['pill', 'cat']);
  expect(loaded.slice(2)).toEqual(['textEncoder']); // for the cat
});

describe('what is refused', () => {
  it('another checkpoint, unless of another dtype', () => {
    const [weights] = clipSeg.model.id.split('/');
    expect(readPromptBank(file, { model: { id: `${weights}/int8` } }).prompts).toHaveLength(3);
    const { code, message } = failure(file, { model: { id: 'other/fp32' } });
    expect(code).toBe('invalid-prompt');
    expect(message).toMatch(/made with the model .*, not with other/);
  });

  it('a label twice', () => {
    const embedding = new Float32Array(4);
    const prompts = [1, 2].map(() => ({ label: 'cat', embedding }));
    expect(() => writePromptBank({ model: 'm', prompts })).toThrow(/"cat" twice/);
  });

  it('files that are cut, longer, or changed anywhere in the header', () => {
    for (const bytes of [
      new Uint8Array(0),
      file.subarray(0, 40),
      file.subarray(0, -4),
      Uint8Array.of(...file, 0),
    ]) {
      expect(failure(bytes).code).toBe('invalid-prompt');
    }
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    fc.assert(
      fc.property(fc.nat(8 + length - 1), fc.nat(255), (at, value) => {
        const changed = file.slice();
        changed[at] = value;
        try {
          readPromptBank(changed);
        } catch (error) {
          expect((error as ClipSegError).code).toBe('invalid-prompt');
        }
      }),
      { numRuns: 2000, seed: 3 },
    );
  });
});
