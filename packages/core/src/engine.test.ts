import {
  type ClipSeg,
  createClipSeg,
  type EncodedImage,
  type EncodedPrompt,
  type Prompt,
  type Resolution,
} from '@clipseg/core';
import { fakeBackend, fakeClipSeg, fakeImage, fakeModel } from '@clipseg/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const vector = (prompt: EncodedPrompt | undefined): Float32Array =>
  prompt && 'embedding' in prompt ? prompt.embedding : new Float32Array();
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

const photo = fakeImage(['cat', 'dog', 'tree', 'car', 'food'], { width: 100, height: 80 });
const backend = fakeBackend();
const { runs } = backend;
let clipSeg: ClipSeg;
let image: EncodedImage;
const SIDE = 32; // smaller than the default resolution: faster

beforeAll(async () => {
  clipSeg = await fakeClipSeg({ backend, textCacheSize: 3, batchSize: 2 });
  image = await clipSeg.encodeImage(photo, { resolution: SIDE });
});
const logits = async (prompts: readonly Prompt[]): Promise<Float32Array[]> =>
  (await clipSeg.segment(image, prompts)).segments.map((segment) => segment.logits);

describe('encode once, prompt often', () => {
  it('gives the logits of one call, without encoding the image again', async () => {
    const before = runs.visionEncoder;
    const separate = [...(await logits(['cat'])), ...(await logits(['food']))];
    expect(runs.visionEncoder).toBe(before);
    const { segments } = await clipSeg.segment(photo, ['cat', 'food'], { resolution: SIDE });
    expect(segments.map((segment) => segment.logits)).toEqual(separate);
  });

  it('accepts a copy of an encoded image', async () => {
    const { segments } = await clipSeg.segment(structuredClone(image), 'cat');
    expect(segments[0]!.logits).toEqual((await logits(['cat']))[0]);
  });

  it('keeps the order of prompts over several batches', async () => {
    const words = ['cat', 'dog', 'tree', 'car', 'food'];
    const before = runs.decoder;
    const { segments } = await clipSeg.segment(image, words);
    expect(runs.decoder).toBe(before + 3); // batches of two
    expect(segments.map(({ label }) => label)).toEqual(words);
    for (const [i, word] of words.entries()) {
      expect(segments[i]!.logits).toEqual((await logits([word]))[0]);
    }
  });

  it('does not encode a known text again, and forgets the oldest', async () => {
    await clipSeg.encodePrompts(['a', 'b', 'c']);
    const before = runs.textEncoder;
    await clipSeg.encodePrompts(['c', 'b', 'a', 'a']);
    expect(runs.textEncoder).toBe(before);
    await clipSeg.encodePrompts(['d']); // now c is the oldest
    await clipSeg.encodePrompts(['c']);
    expect(runs.textEncoder).toBe(before + 2);
  });

  it('encodes equal texts of two simultaneous calls once', async () => {
    const before = runs.textEncoder;
    const [a, b] = await Promise.all([
      clipSeg.encodePrompts(['at once']),
      clipSeg.encodePrompts(['at once']),
    ]);
    expect(a).toEqual(b);
    expect(vector(a![0])).not.toBe(vector(b![0])); // nobody can change the other's
    expect(runs.textEncoder).toBe(before + 1);
  });

  it('does not remember a text whose encoding failed', async () => {
    let broken = true;
    const failing = fakeBackend({
      onRun(graph) {
        if (graph === 'textEncoder' && broken) throw new Error('no memory');
      },
    });
    const other = await fakeClipSeg({ backend: failing });
    expect(await failure(other.encodePrompts(['cat']))).toMatchObject({ code: 'backend' });
    broken = false;
    expect(await other.encodePrompts(['cat'])).toEqual(await clipSeg.encodePrompts(['cat']));
  });

  it('computes the same in two simultaneous calls', async () => {
    const one = await logits(['cat', 'dog']);
    const [a, b] = await Promise.all([logits(['cat', 'dog']), logits(['cat', 'dog'])]);
    expect(a).toEqual(one);
    expect(b).toEqual(one);
  });
});

describe('preload', () => {
  it('loads other graphs when they are needed; the self-check needs no text encoder', async () => {
    const { loaded, ...rest } = fakeBackend();
    const preload = ['visionEncoder', 'decoder'] as const;
    const other = await fakeClipSeg({ backend: rest, preload, selfCheck: true });
    expect(loaded.toSorted()).toEqual(['decoder', 'visionEncoder']);
    await other.segment(photo, { embedding: [0.1, 0.1, 0.1] });
    expect(loaded).toHaveLength(2);
    await other.segment(photo, 'cat');
    expect(loaded.slice(2)).toEqual(['textEncoder']);
    await other.segment(photo, { image: photo });
    expect(loaded.slice(3)).toEqual(['visionHead']);
  });

  it('names an unknown graph', async () => {
    const error = await failure(fakeClipSeg({ preload: ['encoder' as never] }));
    expect(error).toMatchObject({ code: 'invalid-argument', message: /"encoder".*textEncoder/ });
  });
});

describe('self-check', () => {
  it('rejects a backend that computes something else', async () => {
    const right = fakeBackend();
    const wrong: typeof right = {
      ...right,
      async createSession(graph, options) {
        const session = await right.createSession(graph, options);
        if (options?.graph !== 'decoder') return session;
        return {
          ...session,
          async run(feeds, call) {
            const { logits: map } = await session.run(feeds, call);
            return { logits: { ...map!, data: (map!.data as Float32Array).map((v) => v + 0.01) } };
          },
        };
      },
    };
    const error = await failure(fakeClipSeg({ backend: wrong, selfCheck: true }));
    expect(error).toMatchObject({ code: 'self-check', message: /fake .*off by 0\.0/ });
  });
});

describe('resolution', () => {
  it.each([
    [48, [48, 48]],
    [
      [24, 40],
      [24, 40],
    ],
    [{ longestSide: 50 }, [40, 52]], // 100 x 80 pixels; the nearest multiples of the patch size
    [undefined, [64, 64]],
  ] as [Resolution | undefined, number[]][])('%j', async (resolution, expected) => {
    const result = await clipSeg.segment(photo, 'cat', { resolution });
    const [segment] = result.segments;
    expect(result.resolution).toEqual(expected);
    expect(segment!.logits.length).toBe(expected[0]! * expected[1]!);
    expect(segment!.mask().length).toBe(100 * 80);
  });

  it.each([0, -16, 31.5, Number.NaN, 100_000, '352', [320], null, { longestSide: 0 }])(
    '%j is refused',
    async (resolution) => {
      const options = { resolution: resolution as Resolution };
      const error = await failure(clipSeg.encodeImage(photo, options));
      expect(error).toMatchObject({ code: 'invalid-argument', message: /resolution|side/i });
    },
  );
});

describe('abort and dispose', () => {
  it('an aborted signal stops before any work', async () => {
    const before = { ...runs };
    const signal = AbortSignal.abort(new Error('enough'));
    for (const call of [
      () => clipSeg.segment(photo, 'cat', { signal }),
      () => clipSeg.encodeImage(photo, { signal }),
      () => clipSeg.encodePrompts(['new'], { signal }),
      () => createClipSeg({ backend, model: fakeModel(), signal }),
    ]) {
      expect(await failure(call())).toMatchObject({ code: 'aborted' });
    }
    expect(runs).toEqual(before);
  });

  it('an abort while the image is encoded spares the decoder, and the next call works', async () => {
    const controller = new AbortController();
    const aborting = fakeBackend({
      onRun(graph) {
        if (graph === 'visionEncoder') controller.abort();
      },
    });
    const other = await fakeClipSeg({ backend: aborting });
    const call = other.segment(photo, 'cat', { signal: controller.signal });
    expect(await failure(call)).toMatchObject({ code: 'aborted' });
    expect(aborting.runs).toMatchObject({ visionEncoder: 1, decoder: 0 });
    expect((await other.segment(photo, 'cat')).segments).toHaveLength(1);
  });

  it('dispose waits for running calls, may come twice, and refuses later ones', async () => {
    const other = await fakeClipSeg();
    const running = other.segment(photo, 'cat');
    await Promise.all([other.dispose(), other.dispose()]);
    expect((await running).segments).toHaveLength(1);
    for (const call of [
      () => other.segment(photo, 'cat'),
      () => other.encodePrompts(['cat']),
      () => other.selfCheck(),
    ]) {
      expect(await failure(call())).toMatchObject({ code: 'disposed' });
    }
  });
});

describe('what does not belong together', () => {
  it.each([
    ['another model', { model: 'other/fp32' }],
    ['no features', { features: { dims: [1], data: new Float32Array(1) } }],
    ['malformed resolution', { resolution: [31, 31] }],
  ])('an encoded image of %s', async (_, change) => {
    const error = await failure(clipSeg.segment({ ...image, ...change } as EncodedImage, 'cat'));
    expect(error).toMatchObject({ code: 'invalid-argument', message: /ncode it again/ });
  });

  it.each([-0.1, 1.1, Number.NaN, '0.5'])('a threshold of %j', async (threshold) => {
    const { segments } = await clipSeg.segment(image, 'cat');
    expect(() => segments[0]!.mask({ threshold: threshold as number })).toThrow(/from 0 to 1/);
  });

  it.each([
    [{ textCacheSize: 0 }, /textCacheSize/],
    [{ batchSize: 1.5 }, /batchSize/],
    [{ dtype: 'int4' as never }, /int4/],
  ])('%j', async (options, message) => {
    const error = await failure(fakeClipSeg(options));
    expect(error).toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    });
  });
});

it('masks and probabilities agree at every threshold', async () => {
  const { segments } = await clipSeg.segment(image, 'food');
  const probabilities = segments[0]!.probabilities();
  for (const threshold of [0, 0.1, 0.5, 0.9, 1]) {
    const mask = segments[0]!.mask({ threshold });
    const wrong = mask.findIndex(
      (inside, i) =>
        probabilities[i]! > threshold !== (inside === 1) &&
        Math.abs(probabilities[i]! - threshold) > 1e-6,
    );
    expect(wrong).toBe(-1);
  }
});
