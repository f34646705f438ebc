import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ClipSeg,
  createClipSeg,
  decodeImage,
  type EncodedImage,
  type EncodeImageOptions,
  type ImageInput,
  type RawImage,
} from '@clipseg/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Numbers of crops and mirrored views with the embedded model;
// packages/core/src/image/views/views.test.ts tests the rest.

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

describe('mirrored views', () => {
  it('give mirrored logits for a mirrored image', async () => {
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

describe('a crop', () => {
  const region = [40, 80, 200, 240] as const;

  it('is segmented like an image of its own, and put in its place', async () => {
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
});
