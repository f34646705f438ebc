import { encode } from 'fast-png';
import type { ImageDecoder, RawImage } from '../contracts/image.js';
import { checkRawImage, toRgb } from '../image/raw-image.js';
import { type ContractCase, expect, expectError, sameNumbers } from './contract.js';

export interface TestImageDecoderOptions<Input> {
  /** For the names of the cases. Default `ImageDecoder`. */
  readonly name?: string;
  readonly decodeImage: ImageDecoder<Input>;
  /** Wraps the bytes of a PNG as an input of the decoder, e.g. in a Blob or a file. */
  readonly inputOf: (png: Uint8Array<ArrayBuffer>) => Input | Promise<Input>;
}

type Sample = RawImage & { readonly data: Uint8Array };

const [width, height] = [7, 5];
const sample = (channels: 1 | 3 | 4, valueAt: (i: number) => number): Sample => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => valueAt(i)),
});

/** Differs in every pixel and channel, so that swapped axes and channels show. */
const rgb = sample(3, (i) => (i * 37) % 256);
const grey = sample(1, (i) => (i * 7) % 256);
/** Alpha of 0, 85, 170 and 255. */
const rgba = sample(4, (i) => (i % 4 === 3 ? 85 * (Math.floor(i / 4) % 4) : (i * 37) % 256));

const pngOf = (image: Sample): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(encode({ ...image, depth: 8 }));

/** A PNG whose header claims a size; nothing of that size is in it. */
function claiming(side: number): Uint8Array<ArrayBuffer> {
  const png = pngOf(rgb);
  const view = new DataView(png.buffer);
  view.setUint32(16, side);
  view.setUint32(20, side);
  return png;
}

/**
 * Tests what every `ImageDecoder` must do, with small PNGs.
 * @returns one case per requirement
 */
export function testImageDecoder<Input>(options: TestImageDecoderOptions<Input>): ContractCase[] {
  const { name: decoder = 'ImageDecoder', decodeImage, inputOf } = options;
  const on = (name: string, run: () => Promise<void>) => ({ name: `${decoder}: ${name}`, run });
  const decoded = async (image: Sample): Promise<RawImage> => {
    const result = checkRawImage(await decodeImage(await inputOf(pngOf(image))));
    expect(result.width === width && result.height === height, "width and height are the file's");
    return toRgb(result);
  };
  const refuse = async (bytes: Uint8Array<ArrayBuffer>, what: string): Promise<void> => {
    const input = await inputOf(bytes);
    await expectError('invalid-image', () => decodeImage(input), what);
  };
  return [
    on('gives the pixels of a color PNG', async () => {
      expect(sameNumbers((await decoded(rgb)).data, rgb.data), 'every value is the same');
    }),
    on('gives the pixels of a grey PNG', async () => {
      expect(sameNumbers((await decoded(grey)).data, toRgb(grey).data), 'every value is the same');
    }),
    on('puts transparent pixels over white, or returns their alpha', async () => {
      const near = sameNumbers((await decoded(rgba)).data, toRgb(rgba).data, 1);
      expect(near, 'colors over white differ by 1 at most');
    }),
    on('returns a RawImage with the same pixels', async () => {
      for (const image of [rgb, grey]) {
        const result = toRgb(checkRawImage(await decodeImage(image as Input)));
        expect(sameNumbers(result.data, toRgb(image).data), 'its pixels do not change');
      }
    }),
    on('leaves its input alone, and takes several at once', async () => {
      const [png, before] = [pngOf(rgb), pngOf(rgb)];
      const all = await Promise.all([decodeImage(await inputOf(png)), decoded(grey), decoded(rgb)]);
      expect(sameNumbers(toRgb(all[0]).data, rgb.data), 'simultaneous calls do not mix');
      expect(sameNumbers(png, before), 'the bytes of the file do not change');
    }),
    on('refuses bytes that are not an image', async () => {
      await refuse(new Uint8Array(), 'an empty file');
      await refuse(new TextEncoder().encode('This is not an image.'), 'a text');
    }),
    on('refuses a damaged PNG', async () => {
      const png = pngOf(rgb);
      await refuse(png.slice(0, 20), 'a part of a header');
      await refuse(claiming(0), 'an image without pixels');
      await refuse(claiming(200_000), 'an image of 40 gigapixels');
    }),
    on('refuses a malformed RawImage', async () => {
      for (const change of [{ width: 0 }, { channels: 2 }, { data: new Uint8Array(3) }]) {
        const input = { ...rgb, ...change } as Input;
        await expectError('invalid-image', () => decodeImage(input), JSON.stringify(change));
      }
    }),
    on('aborts', async () => {
      const input = await inputOf(pngOf(rgb));
      const signal = AbortSignal.abort();
      await expectError('aborted', () => decodeImage(input, { signal }), 'an aborted call');
    }),
  ];
}
