import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  and,
  type ClipSeg,
  createClipSeg,
  decodeImage,
  type EncodedImage,
  type EncodeImageOptions,
  type ImageInput,
  not,
  type RawImage,
} from '@clipseg/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Tiles, regions and mirrored looks on the embedded model: real graphs, real runtime.

const scenes = fileURLToPath(new URL('../../../fixtures/scenes/images/', import.meta.url));
const SIZE = 160;
let clipSeg: ClipSeg<ImageInput>;
let picture: RawImage;

beforeAll(async () => {
  clipSeg = await createClipSeg();
  picture = await decodeImage(join(scenes, '000.png')); // 320 x 320
});
afterAll(() => clipSeg.dispose());

const encode = (options: EncodeImageOptions, image = picture) =>
  clipSeg.encodeImage(image, { resolution: SIZE, ...options });
const logitsOf = async (image: EncodedImage | RawImage, options: EncodeImageOptions = {}) =>
  (await clipSeg.segment(image, 'animal', { resolution: SIZE, ...options })).segments[0]!.logits;
const furthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('tiles', () => {
  it('are laid out to cover the picture, with their overlap, and kept as plain data', async () => {
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
    const { resolution: size, segments } = await clipSeg.segment(image, ['animal', 'food']);
    expect(size).toEqual([320, 320]); // a tile of half the side, seen at 160
    expect(segments[1]!.logits).toHaveLength(320 * 320);
    expect(segments[1]!.mask()).toHaveLength(320 * 320);
  });

  it('auto: only where the picture is more than twice what the model sees', async () => {
    expect((await encode({ tiles: 'auto' })).views).toBeUndefined(); // 320 = 2 x 160
    const large = await encode({ tiles: 'auto', resolution: 96 });
    expect(large.views!.length).toBeGreaterThan(3);
    const single = await encode({ tiles: { size: 400 } });
    expect(single.views).toBeUndefined();
  });
});

describe('mirrored looks', () => {
  it('make the logits of a mirrored picture the mirrored logits', async () => {
    const width = picture.width;
    const mirrored: RawImage = {
      ...picture,
      data: picture.data.map((_, i) => {
        const [c, x, row] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        return picture.data[(row * width + width - 1 - x) * 3 + c]!;
      }),
    };
    for (const tiles of [undefined, { size: 160 }] as const) {
      const [a, b] = [
        await logitsOf(picture, { flips: true, tiles }),
        await logitsOf(mirrored, { flips: true, tiles }),
      ];
      const side = Math.sqrt(a.length);
      const back = b.map((_, i) => b[i - (i % side) + side - 1 - (i % side)]!);
      expect(furthest(a, back)).toBeLessThan(2e-3);
    }
    expect(
      furthest(await logitsOf(picture), await logitsOf(picture, { flips: true })),
    ).toBeGreaterThan(0.01);
  });
});

describe('a region', () => {
  const region = [40, 80, 200, 240] as const;

  it('is segmented as the picture that it is, in its place', async () => {
    const { width, data } = picture;
    const part: RawImage = {
      width: 160,
      height: 160,
      channels: 3,
      data: Uint8Array.from({ length: 160 * 160 * 3 }, (_, i) => {
        const [c, x, y] = [i % 3, Math.floor(i / 3) % 160, Math.floor(i / 3 / 160)];
        return data[((y + 80) * width + x + 40) * 3 + c]!;
      }),
    };
    const image = await encode({ crop: region });
    expect(image).toMatchObject({ crop: region, width: 320, height: 320 });
    const inner = (await clipSeg.segment(part, 'animal', { resolution: SIZE })).segments[0]!.mask();
    const { segments } = await clipSeg.segment(structuredClone(image), 'animal');
    const mask = segments[0]!.mask();
    const expected = new Uint8Array(320 * 320);
    for (let y = 0; y < 160; y++) {
      expected.set(inner.subarray(y * 160, (y + 1) * 160), (y + 80) * 320 + 40);
    }
    expect(mask).toEqual(expected);
  });

  it('keeps what is not, out as well: nothing lies outside of it', async () => {
    const prompts = [not('animal'), and('animal', not('food'))];
    const image = await encode({ crop: region, tiles: { size: 80 }, flips: true });
    const { segments } = await clipSeg.segment(image, prompts);
    const { scoresOf, aboveProbability } = await import('@clipseg/core/masks');
    const segmentation = await clipSeg.segment(image, prompts);
    for (const [p, segment] of segments.entries()) {
      const mask = segment.mask();
      const out = mask.findIndex((inside, i) => {
        const [x, y] = [i % 320, Math.floor(i / 320)];
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

it('encoded images whose views do not fit are refused', async () => {
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
      message: expect.stringMatching(/encode it again/),
    });
  }
});

it('an aborted signal stops between looks', async () => {
  const controller = new AbortController();
  const call = encode({ tiles: { size: 80, overlap: 0.5 }, signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
});
