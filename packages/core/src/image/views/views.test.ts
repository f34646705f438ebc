import {
  and,
  type ClipSeg,
  type EncodedImage,
  type EncodeImageOptions,
  not,
  type RawImage,
} from '@clipseg/core';
import type { Backend } from '@clipseg/core/model';
import { aboveProbability, scoresOf } from '@clipseg/core/postprocess';
import { fakeBackend, fakeClipSeg, fakeImage } from '@clipseg/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';

// Tiles, crops and mirrored views through the whole engine.

const SIDE = 320;
let clipSeg: ClipSeg;
const photo = fakeImage(['food', 'animal', 'sky', 'animal', 'grass'], {
  width: SIDE,
  height: SIDE,
});

/** The fake model with logits that grow from left to right, so that mirrored views differ. */
function lopsided(): Backend {
  const backend = fakeBackend();
  return {
    ...backend,
    async createSession(file, options) {
      const session = await backend.createSession(file, options);
      if (options?.graph !== 'decoder') return session;
      return {
        ...session,
        async run(feeds, call) {
          const { logits } = await session.run(feeds, call);
          const width = logits!.dims[2]!;
          const data = (logits!.data as Float32Array).map((v, i) => v + (i % width) / width);
          return { logits: { ...logits!, data } };
        },
      };
    },
  };
}

beforeAll(async () => {
  clipSeg = await fakeClipSeg({ backend: lopsided() });
});

/** Encodes at the fake model's default resolution of 64 x 64. */
const encode = (options: EncodeImageOptions, image = photo) => clipSeg.encodeImage(image, options);
const logitsOf = async (image: EncodedImage | RawImage, options: EncodeImageOptions = {}) =>
  (await clipSeg.segment(image, 'animal', options)).segments[0]!.logits;
const furthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('tiles', () => {
  it('cover the image with their overlap, and are plain data', async () => {
    const image = await encode({ tiles: { size: 160, overlap: 0.5 } });
    const boxes = image.views!.map(({ box }) => box);
    expect(boxes).toHaveLength(9);
    expect(boxes[0]).toEqual([0, 0, 160, 160]);
    expect(boxes[4]).toEqual([80, 80, 240, 240]);
    expect(boxes[8]).toEqual([160, 160, 320, 320]);
    const [a, b] = [await logitsOf(image), await logitsOf(structuredClone(image))];
    expect(a).toEqual(b);
  });

  it('give a map of their own resolution, and masks of the source size', async () => {
    const image = await encode({ tiles: { size: 160 } });
    const { resolution, segments } = await clipSeg.segment(image, ['animal', 'food']);
    expect(resolution).toEqual([128, 128]); // a tile of half the side, seen at 64
    expect(segments[1]!.logits).toHaveLength(128 * 128);
    expect(segments[1]!.mask()).toHaveLength(SIDE * SIDE);
  });

  it('see details that the whole image is too coarse for', async () => {
    // Stripes of four pixels, less than one pixel at 64 x 64.
    const stripes = fakeImage(Array(40).fill(['cat', 'dog']).flat(), { width: 320, height: 32 });
    const right = async (options: EncodeImageOptions) => {
      const { segments } = await clipSeg.segment(stripes, 'cat', options);
      const mask = segments[0]!.mask();
      return mask.filter((inside, i) => inside === (Math.floor((i % 320) / 4) % 2 ? 0 : 1)).length;
    };
    const [whole, tiled] = [await right({}), await right({ tiles: { size: 32, overlap: 0 } })];
    expect(whole).toBeLessThan(0.6 * stripes.width * stripes.height);
    expect(tiled).toBeGreaterThan(0.9 * stripes.width * stripes.height);
  });

  it('auto: only where the image is more than twice the resolution', async () => {
    expect((await encode({ tiles: 'auto', resolution: 160 })).views).toBeUndefined(); // 2 x 160
    const large = await encode({ tiles: 'auto', resolution: 156 });
    expect(large.views!.length).toBeGreaterThan(3);
    const single = await encode({ tiles: { size: 400 } });
    expect(single.views).toBeUndefined();
  });
});

describe('mirrored views', () => {
  it('make the logits of a mirrored image the mirrored logits', async () => {
    const mirrored: RawImage = {
      ...photo,
      data: photo.data.map((_, i) => {
        const [c, x, row] = [i % 3, Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
        return photo.data[(row * SIDE + SIDE - 1 - x) * 3 + c]!;
      }),
    };
    for (const tiles of [undefined, { size: 160 }] as const) {
      const [a, b] = [
        await logitsOf(photo, { flips: true, tiles }),
        await logitsOf(mirrored, { flips: true, tiles }),
      ];
      const side = Math.sqrt(a.length);
      const back = b.map((_, i) => b[i - (i % side) + side - 1 - (i % side)]!);
      expect(furthest(a, back)).toBeLessThan(1e-4);
    }
    expect(furthest(await logitsOf(photo), await logitsOf(photo, { flips: true }))).toBeCloseTo(
      0.5,
      1,
    );
  });
});

describe('a crop', () => {
  const crop = [40, 80, 200, 240] as const;

  it('is segmented like an image of its own, at its place', async () => {
    const part: RawImage = {
      width: 160,
      height: 160,
      channels: 3,
      data: Uint8Array.from({ length: 160 * 160 * 3 }, (_, i) => {
        const [c, x, y] = [i % 3, Math.floor(i / 3) % 160, Math.floor(i / 3 / 160)];
        return photo.data[((y + 80) * SIDE + x + 40) * 3 + c]!;
      }),
    };
    const image = await encode({ crop });
    expect(image).toMatchObject({ crop, width: SIDE, height: SIDE });
    const inner = (await clipSeg.segment(part, 'animal')).segments[0]!.mask();
    expect(inner).toContain(1);
    const { segments } = await clipSeg.segment(structuredClone(image), 'animal');
    const expected = new Uint8Array(SIDE * SIDE);
    for (let y = 0; y < 160; y++) {
      expected.set(inner.subarray(y * 160, (y + 1) * 160), (y + 80) * SIDE + 40);
    }
    expect(segments[0]!.mask()).toEqual(expected);
  });

  it('leaves out what lies outside, also for NOT', async () => {
    const prompts = [not('animal'), and('animal', not('food'))];
    const image = await encode({ crop, tiles: { size: 80 }, flips: true });
    const segmentation = await clipSeg.segment(image, prompts);
    for (const [p, segment] of segmentation.segments.entries()) {
      const mask = segment.mask();
      expect(mask).toContain(1);
      const out = mask.findIndex((inside, i) => {
        const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
        return inside === 1 && !(x >= 40 && x < 200 && y >= 80 && y < 240);
      });
      expect(out).toBe(-1);
      expect(segment.probabilities()[0]).toBeLessThan(1e-6);
      // The rows that post-processing reads say the same.
      expect(aboveProbability(scoresOf(segmentation, p), 0.5)).toEqual(mask);
    }
  });
});

it.each([
  [{ tiles: 'all' as never }, /tiles is "all"/],
  [{ tiles: { size: 0 } }, /size is 0/],
  [{ tiles: { size: 10.5 } }, /size is 10.5/],
  [{ tiles: { overlap: 0.9 } }, /overlap is 0.9/],
  [{ tiles: { size: 2 } }, /tiles of 2 x 2 pixels; 1024 at most/],
  [{ crop: [0, 0, 400, 100] as never }, /within 320 x 320/],
  [{ crop: [5, 5, 5, 9] as never }, /crop is/],
  [{ crop: [0, 0, 10.5, 10] as never }, /crop is/],
  [{ flips: 'yes' as never }, /flips is the text "yes"/],
])('%j is refused', async (options, message) => {
  await expect(encode(options)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(message),
  });
});

it('refuses encoded images whose views do not fit', async () => {
  const image = await encode({ tiles: { size: 160 }, crop: [0, 0, 300, 300] });
  const [view] = image.views!;
  for (const change of [
    { views: 'x' },
    { views: [{ ...view!, box: [0, 0, 310, 310] }] },
    { views: [{ ...view!, features: { dims: [1], data: new Float32Array(1) } }] },
    { views: [null] },
    { crop: [0, 0, 999, 10] },
  ]) {
    await expect(clipSeg.segment({ ...image, ...change } as never, 'cat')).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/ncode it again/),
    });
  }
});

it('stops between views when the signal is aborted', async () => {
  const controller = new AbortController();
  const backend = fakeBackend({
    onRun() {
      if (backend.runs.visionEncoder === 3) controller.abort();
    },
  });
  const other = await fakeClipSeg({ backend });
  const options = { tiles: { size: 80, overlap: 0.5 }, signal: controller.signal };
  await expect(other.encodeImage(photo, options)).rejects.toMatchObject({ code: 'aborted' });
  expect(backend.runs.visionEncoder).toBe(3);
});
