import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ClipSeg,
  createClipSeg,
  decodeImage,
  type EncodedImage,
  type ImageInput,
  minus,
  not,
  type Prompt,
  type RawImage,
} from '@clipseg/node';
import type { Backend } from '@clipseg/node/model';
import { ortNode } from '@clipseg/node/ort';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The engine with the embedded model: its graphs, its numbers, ONNX Runtime. What does not depend
// on these is tested in packages/core/src.

const scenes = fileURLToPath(new URL('../../../fixtures/scenes/images/', import.meta.url));
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );
const furthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** The runtime, and the graphs that were loaded and run, in order. */
function recording(backend: Backend): { backend: Backend; loaded: string[]; runs: string[] } {
  const loaded: string[] = [];
  const runs: string[] = [];
  const recorded: Backend = {
    ...backend,
    async createSession(file, options) {
      const graph = String(options?.graph);
      loaded.push(graph);
      const session = await backend.createSession(file, options);
      const run: typeof session.run = (feeds, call) => {
        runs.push(graph);
        return session.run(feeds, call);
      };
      return { ...session, run };
    },
  };
  return { backend: recorded, loaded, runs };
}

let clipSeg: ClipSeg<ImageInput>;
let runs: string[];
let picture: RawImage;
let image: EncodedImage;
const resolution = 160; // smaller than the model's default: faster

beforeAll(async () => {
  const recorded = recording(ortNode());
  runs = recorded.runs;
  clipSeg = await createClipSeg({ backend: recorded.backend, batchSize: 2 });
  picture = await decodeImage(join(scenes, '000.png'));
  image = await clipSeg.encodeImage(picture, { resolution });
});
afterAll(() => clipSeg.dispose());
const logits = async (prompts: readonly Prompt[]): Promise<Float32Array[]> =>
  (await clipSeg.segment(image, prompts)).segments.map((segment) => segment.logits);

describe('numbers', () => {
  it('are the same in one call and in two, without another image pass', async () => {
    const before = runs.length;
    const separate = [...(await logits(['cat'])), ...(await logits(['food']))];
    expect(runs.slice(before)).not.toContain('visionEncoder');
    const { segments } = await clipSeg.segment(picture, ['cat', 'food'], { resolution });
    for (const [i, segment] of segments.entries()) {
      expect(furthest(segment.logits, separate[i]!)).toBeLessThan(1e-4);
    }
  });

  it('are the same in a batch and alone', async () => {
    const together = await logits(['cat', 'dog', 'tree', 'car', 'food']);
    const [alone] = await logits(['tree']);
    expect(furthest(together[2]!, alone!)).toBeLessThan(1e-4);
  });

  it('are the same in two calls at once', async () => {
    const one = await logits(['cat', 'dog']);
    const [a, b] = await Promise.all([logits(['cat', 'dog']), logits(['cat', 'dog'])]);
    expect(a).toEqual(one);
    expect(b).toEqual(one);
  });

  it('are combined by compositions and negative prompts', async () => {
    const prompts = ['animal', minus('food', 'animal'), 'food', not('food')];
    const { segments } = await clipSeg.segment(image, prompts);
    const [animal, rest, food, none] = segments.map((segment) => segment.probabilities());
    for (let i = 0; i < animal!.length; i++) {
      expect(rest![i]).toBeCloseTo(Math.min(food![i]!, 1 - animal![i]!), 6);
      expect(none![i]).toBeCloseTo(1 - food![i]!, 6);
    }
    const negative = await clipSeg.segment(image, 'food', { negative: ['animal'] });
    expect(negative.segments[0]!.probabilities()).toEqual(rest);
  });
});

describe('preload', () => {
  it('loads other graphs when they are needed; the self-check needs no text encoder', async () => {
    const { backend, loaded } = recording(ortNode());
    const preload = ['visionEncoder', 'decoder'] as const;
    const other = await createClipSeg({ backend, preload, selfCheck: true });
    expect(loaded.toSorted()).toEqual(['decoder', 'visionEncoder']);
    const bank = { embedding: new Float32Array(other.model.config.projectionDim).fill(0.1) };
    await other.segment(picture, bank, { resolution });
    expect(loaded).toHaveLength(2);
    await other.segment(picture, ['cat', { image: picture, resolution: 96 }], { resolution });
    expect(loaded.slice(2).toSorted()).toEqual(['textEncoder', 'visionHead']);
    await other.dispose();
  });
});

it('applies the cleaning option', async () => {
  const openai = await createClipSeg({ cleaning: 'openai', preload: [] });
  const texts = ['it\u2019s', "it's"];
  const [curly, straight] = await openai.encodePrompts(texts);
  expect({ ...curly, label: '' }).toEqual({ ...straight, label: '' });
  const [other, same] = await clipSeg.encodePrompts(texts);
  expect({ ...other, label: '' }).not.toEqual({ ...same, label: '' });
  await openai.dispose();
});

describe('abort and dispose', () => {
  it('an abort while the image is encoded skips the decoder, and the next call works', async () => {
    const controller = new AbortController();
    const before = runs.length;
    const call = clipSeg.segment(picture, 'cat', { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    expect(await failure(call)).toMatchObject({ code: 'aborted' });
    expect(runs.slice(before)).not.toContain('decoder');
    expect(await logits(['cat'])).toHaveLength(1);
  });

  it('an aborted signal stops createClipSeg', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await failure(createClipSeg({ signal }))).toMatchObject({ code: 'aborted' });
  });

  it('dispose waits for running calls and refuses later ones', async () => {
    const other = await createClipSeg();
    const running = other.segment(picture, 'cat', { resolution });
    await Promise.all([other.dispose(), other.dispose()]);
    expect((await running).segments).toHaveLength(1);
    expect(await failure(other.segment(picture, 'cat'))).toMatchObject({ code: 'disposed' });
  });
});

it.each([
  [{ textCacheSize: 0 }, /textCacheSize/],
  [{ batchSize: 1.5 }, /batchSize/],
  [{ dtype: 'int4' as never }, /int4/],
  [{ preload: ['encoder' as never] }, /"encoder".*textEncoder/],
  [{ threads: 0 }, /threads/],
  [{ device: 'tpu' as never }, /tpu/],
])('%j is refused', async (options, message) => {
  const error = await failure(createClipSeg(options));
  expect(error).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(message),
  });
});
