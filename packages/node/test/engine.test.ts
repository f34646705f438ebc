import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Backend,
  type ClipSeg,
  createClipSeg,
  decodeImage,
  type EncodedImage,
  type EncodedPrompt,
  type ImageInput,
  ortNode,
  type Prompt,
  type PromptStrategy,
  type RawImage,
  type Resolution,
} from '@clipseg/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The engine on the embedded model: real graphs, real runtime.

const scenes = fileURLToPath(new URL('../../../fixtures/scenes/images/', import.meta.url));
const vector = (prompt: EncodedPrompt | undefined): Float32Array =>
  prompt && 'embedding' in prompt ? prompt.embedding : new Float32Array();
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

/** The runtime, and how often each kind of graph ran: text graphs have `input_ids`, and so on. */
function counting(backend: Backend): { backend: Backend; runs: Record<string, number> } {
  const runs: Record<string, number> = {};
  const counted: Backend = {
    ...backend,
    async createSession(graph, options) {
      const session = await backend.createSession(graph, options);
      const [kind = ''] = session.inputNames;
      return {
        ...session,
        run: (feeds, call) => {
          runs[kind] = (runs[kind] ?? 0) + 1;
          return session.run(feeds, call);
        },
      };
    },
  };
  return { backend: counted, runs };
}

let clipSeg: ClipSeg<ImageInput>;
let runs: Record<string, number>;
let picture: RawImage;
let image: EncodedImage;
const SIZE = 160; // smaller than the model's own: faster, and says nothing else

beforeAll(async () => {
  const counted = counting(ortNode());
  runs = counted.runs;
  clipSeg = await createClipSeg({ backend: counted.backend, textCacheSize: 3, batchSize: 2 });
  picture = await decodeImage(join(scenes, '000.png'));
  image = await clipSeg.encodeImage(picture, { resolution: SIZE });
});
afterAll(() => clipSeg.dispose());
const logits = async (prompts: readonly Prompt[], target = clipSeg): Promise<Float32Array[]> =>
  (await target.segment(image, prompts)).segments.map((segment) => segment.logits);

describe('encode once, prompt often', () => {
  it('gives what one call gives, without another image pass', async () => {
    const before = runs.pixel_values;
    const separate = [...(await logits(['cat'])), ...(await logits(['food']))];
    expect(runs.pixel_values).toBe(before);
    const { segments } = await clipSeg.segment(picture, ['cat', 'food'], { resolution: SIZE });
    for (const [i, { logits: own }] of segments.entries()) {
      const error = own.reduce((max, v, j) => Math.max(max, Math.abs(v - separate[i]![j]!)), 0);
      expect(error).toBeLessThan(1e-4);
    }
  });

  it('is plain data: a copy works as well', async () => {
    const copy = structuredClone(image);
    const { segments } = await clipSeg.segment(copy, 'cat');
    expect(segments[0]!.logits).toEqual((await logits(['cat']))[0]);
  });

  it('keeps the order of the prompts, more than fit in a batch', async () => {
    const words = ['cat', 'dog', 'tree', 'car', 'food'];
    const { segments } = await clipSeg.segment(image, words);
    expect(segments.map(({ label }) => label)).toEqual(words);
    const [alone] = await logits(['tree']);
    const together = segments[2]!.logits;
    const error = together.reduce((max, v, j) => Math.max(max, Math.abs(v - alone![j]!)), 0);
    expect(error).toBeLessThan(1e-4);
  });

  it('does not encode a known text again, and forgets the oldest', async () => {
    await clipSeg.encodePrompts(['a', 'b', 'c']);
    const before = runs.input_ids ?? 0;
    await clipSeg.encodePrompts(['c', 'b', 'a', 'a']);
    expect(runs.input_ids).toBe(before);
    await clipSeg.encodePrompts(['d']); // now c is the oldest
    await clipSeg.encodePrompts(['c']);
    expect(runs.input_ids).toBe(before + 2);
  });

  it('encodes equal texts of two calls at once only once', async () => {
    const before = runs.input_ids ?? 0;
    const [a, b] = await Promise.all([
      clipSeg.encodePrompts(['at once']),
      clipSeg.encodePrompts(['at once']),
    ]);
    expect(a).toEqual(b);
    expect(vector(a![0])).not.toBe(vector(b![0])); // nobody can change the other's
    expect(runs.input_ids).toBe(before + 1);
  });

  it('computes the same with two calls at once', async () => {
    const one = await logits(['cat', 'dog']);
    const [a, b] = await Promise.all([logits(['cat', 'dog']), logits(['cat', 'dog'])]);
    expect(a).toEqual(one);
    expect(b).toEqual(one);
  });
});

describe('preload', () => {
  it('leaves graphs out until they are needed; the self-check does without the text encoder', async () => {
    const loaded: (string | undefined)[] = [];
    const runtime = ortNode();
    const backend: Backend = {
      ...runtime,
      createSession(graph, options) {
        loaded.push(options?.graph);
        return runtime.createSession(graph, options);
      },
    };
    const preload = ['visionEncoder', 'decoder'] as const;
    const own = await createClipSeg({ backend, preload, selfCheck: true });
    expect(loaded.toSorted()).toEqual(['decoder', 'visionEncoder']);
    const bank = { embedding: new Float32Array(own.model.config.projectionDim).fill(0.1) };
    await own.segment(picture, bank, { resolution: SIZE });
    expect(loaded).toHaveLength(2);
    await own.segment(picture, 'cat', { resolution: SIZE });
    expect(loaded.at(-1)).toBe('textEncoder');
    await own.dispose();
  });

  it('an unknown graph is named', async () => {
    const error = await failure(createClipSeg({ preload: ['encoder' as never] }));
    expect(error).toMatchObject({ code: 'invalid-argument', message: /"encoder".*textEncoder/ });
  });
});

describe('sizes', () => {
  it.each([
    [128, [128, 128]],
    [
      [96, 160],
      [96, 160],
    ],
    [{ longestSide: 128 }, [128, 128]],
  ] as [Resolution, number[]][])('%j', async (size, expected) => {
    const {
      segments,
      resolution: own,
      width,
      height,
    } = await clipSeg.segment(picture, 'cat', { resolution: size });
    expect(own).toEqual(expected);
    expect(segments[0]!.logits.length).toBe(own[0] * own[1]);
    expect(segments[0]!.mask().length).toBe(width * height);
  });

  it.each([0, -16, 31.5, Number.NaN, 100_000, '352', [320], null, { longestSide: 0 }])(
    '%j is refused',
    async (size) => {
      const error = await failure(clipSeg.encodeImage(picture, { resolution: size as Resolution }));
      expect(error).toMatchObject({ code: 'invalid-argument', message: /size|side/i });
    },
  );
});

describe('prompts that are refused', () => {
  const width = () => clipSeg.model.config.projectionDim;
  it.each([
    ['nothing', () => [], /prompt/],
    ['an empty text', () => [''], /empty/],
    ['spaces', () => ['  '], /empty/],
    ['78 tokens', () => [Array(200).fill('cat').join(' ')], /tokens/],
    ['a number', () => [7], /The prompt 7 is of no type/],
    ['null', () => [null], /strategy|null/],
    ['an object nobody takes', () => [{ picture: 'x' }], /\{ picture \}.*text, template, ensemble/],
    [
      'NaN in an embedding',
      () => [{ embedding: new Float32Array(width()).fill(Number.NaN) }],
      /finite|NaN/,
    ],
    ['a short embedding', () => [{ embedding: new Float32Array(3) }], /3/],
    ['an embedding of text', () => [{ embedding: 'x' }], /embedding/],
  ])('%s', async (_, prompts, message) => {
    const before = runs.features;
    const error = await failure(clipSeg.segment(image, prompts() as Prompt[]));
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(['invalid-prompt', 'invalid-argument']).toContain(error.code);
    expect(runs.features).toBe(before); // nothing was decoded
  });
});

describe('strategies', () => {
  const twice = (name: string): PromptStrategy<{ twice: string }> => ({
    name,
    accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'twice' in prompt,
    label: ({ twice: text }) => `twice ${text}`,
    encode: async (prompts, { encodeText }) => {
      const embeddings = await encodeText(prompts.map((prompt) => prompt.twice));
      return embeddings.map((embedding) => embedding.map((value) => 2 * value));
    },
  });

  it('of a third party work beside the built-in ones', async () => {
    const own = await createClipSeg({ strategies: [twice('twice')] });
    const [text] = await own.encodePrompts(['cat']);
    const doubled = { embedding: vector(text).map((v) => 2 * v), label: 'by hand' };
    const { segments } = await own.segment(picture, [{ twice: 'cat' }, doubled], {
      resolution: SIZE,
    });
    expect(segments.map(({ label }) => label)).toEqual(['twice cat', 'by hand']);
    expect(segments[0]!.logits).toEqual(segments[1]!.logits);
    await own.dispose();
  });

  it.each([[['same', 'same']], [['text']]])('named %j are refused', async (names) => {
    const error = await failure(createClipSeg({ strategies: names.map(twice) }));
    expect(error).toMatchObject({ code: 'invalid-argument', message: /both called/ });
  });
});

describe('abort and dispose', () => {
  it('an aborted signal stops before any work', async () => {
    const before = { ...runs };
    const signal = AbortSignal.abort(new Error('enough'));
    for (const call of [
      () => clipSeg.segment(picture, 'cat', { signal }),
      () => clipSeg.encodeImage(picture, { signal }),
      () => clipSeg.encodePrompts(['new'], { signal }),
      () => createClipSeg({ signal }),
    ]) {
      expect(await failure(call())).toMatchObject({ code: 'aborted' });
    }
    expect(runs).toEqual(before);
  });

  it('an abort during the image pass spares the decoder, and the next call works', async () => {
    const controller = new AbortController();
    const before = runs.features;
    const call = clipSeg.segment(picture, 'cat', { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    expect(await failure(call)).toMatchObject({ code: 'aborted' });
    expect(runs.features).toBe(before);
    expect(await logits(['cat'])).toHaveLength(1);
  });

  it('dispose waits for running calls, may come twice, and refuses later ones', async () => {
    const own = await createClipSeg();
    const running = own.segment(picture, 'cat', { resolution: SIZE });
    await Promise.all([own.dispose(), own.dispose()]);
    expect((await running).segments).toHaveLength(1);
    for (const call of [
      () => own.segment(picture, 'cat'),
      () => own.encodePrompts(['cat']),
      () => own.selfCheck(),
    ]) {
      expect(await failure(call())).toMatchObject({ code: 'disposed' });
    }
  });
});

describe('what does not belong together', () => {
  it.each([
    ['another model', { model: 'other/fp32' }],
    ['no features', { features: { dims: [1], data: new Float32Array(1) } }],
    ['an odd resolution', { resolution: [31, 31] }],
  ])('an encoded image of %s', async (_, change) => {
    const error = await failure(clipSeg.segment({ ...image, ...change } as EncodedImage, 'cat'));
    expect(error).toMatchObject({ code: 'invalid-argument', message: /encode it again/ });
  });

  it.each([-0.1, 1.1, Number.NaN, '0.5'])('a threshold of %j', async (threshold) => {
    const { segments } = await clipSeg.segment(image, 'cat');
    expect(() => segments[0]!.mask({ threshold: threshold as number })).toThrow(/from 0 to 1/);
  });

  it.each([
    [{ textCacheSize: 0 }, /textCacheSize/],
    [{ batchSize: 1.5 }, /batchSize/],
    [{ dtype: 'int4' as never }, /int4/],
    [{ threads: 0 }, /threads/],
    [{ device: 'tpu' as never }, /tpu/],
  ])('%j', async (options, message) => {
    const error = await failure(createClipSeg(options));
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
