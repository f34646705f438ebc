import { describe, expect, it } from 'vitest';
import type { EncodedImage } from '../contracts/encoded.js';
import { fakeClipSeg } from '../testing/fakes/fake-clip-seg.js';
import { fakeImage } from '../testing/fakes/fake-image.js';
import { isEncodedImage } from './image-encoder.js';

const clipSeg = await fakeClipSeg();
const image = fakeImage(['red', 'blue'], { width: 96, height: 64 });
const prompts = await clipSeg.encodePrompts(['red']);
const encoded = await clipSeg.encodeImage(image, { resolution: 16 });

describe('encodeImage', () => {
  it('says how large the picture is, what the model saw and how long it took', () => {
    expect(encoded).toMatchObject({ width: 96, height: 64, resolution: [16, 16] });
    expect(encoded.features.dims).toEqual([2, 17, 3]);
    expect(encoded.timings.preprocess).toBeGreaterThan(0);
    expect(encoded.timings.encode).toBeGreaterThan(0);
    expect(encoded.crop).toBeUndefined();
    expect(encoded.views).toBeUndefined();
    expect(isEncodedImage(encoded)).toBe(true);
  });

  it('of a part says which, and gives the looks at tiles and mirror images', async () => {
    const crop = [16, 0, 96, 64] as const;
    const tiles = { size: 40, overlap: 0 };
    const part = await clipSeg.encodeImage(image, { resolution: 16, crop, tiles, flips: true });
    expect(part.crop).toEqual(crop);
    expect(part).toMatchObject({ width: 96, height: 64, resolution: [16, 16] });
    expect(part.views!.map(({ box, mirrored }) => [...box, mirrored])).toEqual([
      [16, 0, 56, 40, false],
      [56, 0, 96, 40, false],
      [16, 24, 56, 64, false],
      [56, 24, 96, 64, false],
      [16, 0, 96, 64, true],
      [16, 0, 56, 40, true],
      [56, 0, 96, 40, true],
      [16, 24, 56, 64, true],
      [56, 24, 96, 64, true],
    ]);
    expect(part.views![0]!.features.dims).toEqual([2, 17, 3]);
    expect(part.timings.encode).toBeGreaterThan(0);
    expect(part.timings.preprocess).toBeGreaterThan(0);
    // A crop alone has no views; tiles alone have no crop.
    const alone = await clipSeg.encodeImage(image, { crop, resolution: 16 });
    expect([alone.crop, alone.views]).toEqual([crop, undefined]);
    const tiled = await clipSeg.encodeImage(image, { tiles, resolution: 16 });
    expect([tiled.crop, tiled.views!.length]).toEqual([undefined, 6]);
  });

  it('takes the resolution from the part', async () => {
    const crop = [0, 0, 32, 64] as const;
    const part = await clipSeg.encodeImage(image, { crop, resolution: { longestSide: 32 } });
    expect(part.resolution).toEqual([32, 16]);
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(clipSeg.encodeImage(image, { signal })).rejects.toMatchObject({ code: 'aborted' });
    const controller = new AbortController();
    const decoding = await fakeClipSeg({
      async decodeImage(input: string) {
        controller.abort();
        return fakeImage([input]);
      },
    });
    const call = decoding.encodeImage('red', { signal: controller.signal });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('an encoded image', () => {
  const view = { box: [0, 0, 40, 40], mirrored: false, features: encoded.features } as const;
  const features = (more: object) => ({ ...encoded.features, ...more });

  it.each([
    ['as it is', {}],
    ['with views and a crop', { crop: [0, 0, 50, 64], views: [view] }],
    ['with the whole as its crop', { crop: [0, 0, 96, 64] }],
  ])('is taken %s', async (_, more) => {
    const { segments } = await clipSeg.decode({ ...encoded, ...more } as EncodedImage, prompts);
    expect(segments).toHaveLength(1);
  });

  it.each([
    [{ model: 'another' }, /another/],
    [{ width: 0 }, /width/],
    [{ height: 1.5 }, /height/],
    [{ resolution: [16] }, /width/],
    [{ resolution: 16 }, /width/],
    [{ resolution: [0, 16] }, /width/],
    [{ resolution: [16, 18] }, /multiple of 4/],
    [{ resolution: [18, 16] }, /multiple of 4/],
    [{ resolution: [16, 20] }, /features/],
    [{ features: undefined }, /features/],
    [{ features: features({ dims: [2, 17] }) }, /features/],
    [{ features: features({ data: new Float32Array(101) }) }, /101 values/],
    [{ features: features({ data: new Float64Array(102) }) }, /features/],
    [{ features: features({ data: undefined }) }, /features/],
    [{ crop: [0, 0, 97, 64] }, /outside/],
    [{ crop: [0, 0, 96, 65] }, /outside/],
    [{ crop: [-1, 0, 96, 64] }, /outside/],
    [{ crop: [0, -1, 96, 64] }, /outside/],
    [{ crop: [5, 0, 5, 64] }, /outside/],
    [{ crop: [0, 5, 96, 5] }, /outside/],
    [{ crop: [0, 0, 96] }, /outside/],
    [{ crop: [0, 0, 96, 6.5] }, /outside/],
    [{ crop: '0096' }, /outside/],
    [{ views: 5 }, /views/],
    [{ views: [null] }, /outside/],
    [{ crop: [0, 0, 39, 64], views: [view] }, /outside/],
    [{ views: [{ ...view, features: features({ dims: [1, 17, 3] }) }] }, /features/],
  ])('is refused with %j', async (more, message) => {
    const wrong = { ...encoded, ...more } as EncodedImage;
    await expect(clipSeg.decode(wrong, prompts)).rejects.toThrow(message);
    await expect(clipSeg.decode(wrong, prompts)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it.each([[null], [undefined], ['x'], [{}], [{ features: 1 }], [{ model: 1 }]])(
    'is not %j',
    async (other) => {
      expect(isEncodedImage(other)).toBe(false);
      await expect(clipSeg.decode(other as never, prompts)).rejects.toMatchObject({
        code: 'invalid-argument',
      });
    },
  );

  it('is not what cannot be asked', () => {
    const trap = new Proxy(
      {},
      {
        has: () => {
          throw new Error('no');
        },
      },
    );
    expect(isEncodedImage(trap)).toBe(false);
  });
});
