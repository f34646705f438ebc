import type { ClipSeg } from '../contracts/clip-seg.js';
import type { RawImage } from '../contracts/image.js';
import type { Segmentation } from '../contracts/segmentation.js';
import { type ContractCase, expect, expectError, sameNumbers } from './contract.js';

export interface TestClipSegOptions {
  /** Makes a new ClipSeg for every case; the suite disposes it. */
  create(): Promise<ClipSeg<never>>;
  /** Model resolution; small is fast. Default: the model's own. */
  readonly resolution?: number;
  /** Largest difference of logits between batches and single prompts. Default 1e-3. */
  readonly tolerance?: number;
}

const picture: RawImage = {
  width: 40,
  height: 24,
  channels: 3,
  data: Uint8Array.from(
    { length: 40 * 24 * 3 },
    (_, i) => (i * 7 + Math.floor(i / 120) * 13) % 256,
  ),
};
const PROMPTS = ['cat', 'a red car', 'background'];
const logitsOf = ({ segments }: Segmentation) => segments.map(({ logits }) => logits);

/**
 * Tests what every `ClipSeg` must do, wherever it runs: the engine, a worker, a remote client.
 * @returns one case per requirement
 */
export function testClipSeg(options: TestClipSegOptions): ContractCase[] {
  const { create, resolution: size, tolerance = 1e-3 } = options;
  const on = (name: string, use: (clipSeg: ClipSeg) => Promise<void>): ContractCase => ({
    name: `ClipSeg: ${name}`,
    async run() {
      const clipSeg = (await create()) as ClipSeg;
      try {
        await use(clipSeg);
      } finally {
        await clipSeg.dispose();
      }
    },
  });
  const near = (a: readonly Float32Array[], b: readonly Float32Array[]) =>
    a.length === b.length && a.every((one, i) => sameNumbers(one, b[i] ?? [], tolerance));
  return [
    on('segment is encodeImage, encodePrompts and decode', async (clipSeg) => {
      const whole = await clipSeg.segment(picture, PROMPTS, { resolution: size });
      const image = await clipSeg.encodeImage(picture, { resolution: size });
      const parts = await clipSeg.decode(image, await clipSeg.encodePrompts(PROMPTS));
      expect(near(logitsOf(whole), logitsOf(parts)), 'both give the same logits');
      const [height, width] = whole.resolution;
      expect(whole.width === 40 && whole.height === 24, 'width and height are the source size');
      for (const segment of whole.segments) {
        expect(segment.logits.length === height * width, 'logits are [h, w]');
        expect(segment.mask().length === 40 * 24, 'masks have source size');
        const inside = segment.probabilities().every((p) => p >= 0 && p <= 1);
        expect(inside, 'probabilities lie in 0..1');
      }
    }),
    on('keeps the order of prompts, and batches change nothing', async (clipSeg) => {
      const image = await clipSeg.encodeImage(picture, { resolution: size });
      const many = await clipSeg.segment(image, [...PROMPTS, ...PROMPTS]);
      const labels = many.segments.map(({ label }) => label).join();
      expect(labels === [...PROMPTS, ...PROMPTS].join(), 'segments are in the order of prompts');
      for (const [i, prompt] of PROMPTS.entries()) {
        const single = logitsOf(await clipSeg.segment(image, prompt));
        expect(near(single, [logitsOf(many)[i] ?? new Float32Array()]), 'alone as in a batch');
      }
    }),
    on('encoded images and prompts are plain data', async (clipSeg) => {
      const image = await clipSeg.encodeImage(picture, { resolution: size });
      const prompts = await clipSeg.encodePrompts(PROMPTS);
      const [a, b] = [
        await clipSeg.decode(image, prompts),
        await clipSeg.decode(structuredClone(image), structuredClone(prompts)),
      ];
      expect(near(logitsOf(a), logitsOf(b)), 'copies give the same logits');
    }),
    on('looks at tiles and mirrored, within a crop', async (clipSeg) => {
      const crop = [4, 2, 36, 22] as const;
      const looks = { tiles: { size: 16 }, flips: true, crop };
      const image = await clipSeg.encodeImage(picture, { resolution: size, ...looks });
      expect((image.views?.length ?? 0) > 1, 'the encoded image keeps its views');
      const result = await clipSeg.segment(structuredClone(image), 'cat');
      const [segment] = result.segments;
      expect(result.width === 40 && result.height === 24, 'masks have source size all the same');
      const outside = segment?.mask({ threshold: 0.01 }).some((inside, i) => {
        const [x, y] = [i % 40, Math.floor(i / 40)];
        return inside === 1 && !(x >= 4 && x < 36 && y >= 2 && y < 22);
      });
      expect(outside === false, 'nothing is inside a mask outside of the crop');
    }),
    on('reports which device each graph runs on, as plain data', async (clipSeg) => {
      await clipSeg.segment(picture, 'cat', { resolution: size });
      const { backend, graphs, dtype, refused } = structuredClone(clipSeg.device);
      expect(backend.length > 0, 'the backend has a name');
      expect(dtype === clipSeg.model.dtype, "the dtype is the model's");
      const ran = [graphs.visionEncoder, graphs.textEncoder, graphs.decoder];
      expect(ran.every(Boolean), 'each graph that ran has a device');
      expect(Array.isArray(refused), 'refused is a list');
    }),
    on('takes calls at once', async (clipSeg) => {
      const image = await clipSeg.encodeImage(picture, { resolution: size });
      const calls = PROMPTS.map((prompt) => clipSeg.segment(image, prompt));
      const together = (await Promise.all(calls)).flatMap(logitsOf);
      const apart = logitsOf(await clipSeg.segment(image, PROMPTS));
      expect(near(together, apart), 'they do not mix');
    }),
    on('counts tokens, of too many too, and refuses those', async (clipSeg) => {
      const long = 'cat '.repeat(1000).trim();
      const [short, much] = await clipSeg.countTokens(['cat', long]);
      expect(short && much, 'one count a text');
      const { limit } = short;
      expect(short.text === 'cat' && short.tokens >= 3, 'start and end are counted');
      expect(much.tokens > limit && much.limit === limit, `more than ${limit} tokens are counted`);
      await expectError('invalid-prompt', () => clipSeg.encodePrompts([long]), 'a text too long');
    }),
    on('refuses what cannot be', async (clipSeg) => {
      const image = await clipSeg.encodeImage(picture, { resolution: size });
      await expectError('invalid-prompt', () => clipSeg.segment(image, ''), 'an empty prompt');
      await expectError('invalid-prompt', () => clipSeg.segment(image, []), 'no prompt');
      const short = { embedding: new Float32Array(1) };
      await expectError('invalid-prompt', () => clipSeg.segment(image, short), 'one number');
      const none = () => clipSeg.encodeImage(picture, { resolution: 0 });
      await expectError('invalid-argument', none, 'a size of 0');
      const foreign = { ...image, model: 'another/fp32' };
      const decode = () => clipSeg.segment(foreign, 'cat');
      await expectError('invalid-argument', decode, "another model's image");
    }),
    on('aborts, and works on', async (clipSeg) => {
      const signal = AbortSignal.abort();
      const call = () => clipSeg.segment(picture, 'cat', { resolution: size, signal });
      await expectError('aborted', call, 'an aborted call');
      const { segments } = await clipSeg.segment(picture, 'cat', { resolution: size });
      expect(segments.length === 1, 'the next call works');
    }),
    on('can be disposed twice, and then does nothing more', async (clipSeg) => {
      await Promise.all([clipSeg.dispose(), clipSeg.dispose()]);
      await expectError('disposed', () => clipSeg.segment(picture, 'cat'), 'a call after dispose');
    }),
  ];
}
