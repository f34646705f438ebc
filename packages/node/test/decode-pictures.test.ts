import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { toRgb } from '@clipseg/core/model';
import {
  createClipSeg,
  type DecodeImageOptions,
  decodeImage,
  type ImageInput,
} from '@clipseg/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bmp, bmp } from './support/bmp.js';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/pictures/${name}`, import.meta.url));
const pixelsOf = async (input: unknown, options?: DecodeImageOptions) =>
  toRgb(await decodeImage(input as ImageInput, options));
const failure = (input: unknown, options?: DecodeImageOptions) =>
  decodeImage(input as ImageInput, options).then(
    () => undefined,
    (error) => error,
  );

let folder: string;
let png: Buffer;
const red = Buffer.from([255, 0, 0, 255, 0, 0]);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-pictures-'));
  png = await sharp(red, { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><rect width="2" height="1" fill="#f00"/></svg>';

describe('SVG', () => {
  const declared = `\ufeff<?xml version="1.0" encoding="UTF-16"?>\n<!-- a -->${drawing}`;
  const forms: [string, () => ImageInput][] = [
    ['plain', () => Buffer.from(drawing)],
    ['after white space and a comment', () => Buffer.from(` \n<!-- <a> -->${drawing}`)],
    [
      'with a prefix',
      () =>
        Buffer.from(drawing.replaceAll(/<(\/?)(svg|rect)/g, '<$1s:$2').replace('xmlns', 'xmlns:s')),
    ],
    ['in UTF-16', () => Buffer.from(declared, 'utf16le')],
    ['in big-endian UTF-16', () => Buffer.from(declared, 'utf16le').swap16()],
    ['gzipped', () => gzipSync(drawing)],
    ['in a data: URL', () => `data:image/svg+xml,${encodeURIComponent(drawing)}`],
  ];

  it.each(forms)('%s is read only with svg: true', async (name, input) => {
    expect(await failure(input())).toMatchObject({
      code: 'invalid-image',
      message: expect.stringMatching(/svg: true/),
    });
    // Not rendered for every form, as a process takes half a second.
    if (!/plain|UTF-16$|gzipped/.test(name)) return;
    const { width, height, data } = await pixelsOf(input(), { svg: true });
    expect([width, height, ...data]).toEqual([2, 1, ...red]);
  });

  it.each([
    ['it takes too long', { decodeTimeoutMs: 400 }, 'invalid-image', /within 400 ms/],
    ['it is aborted', { signal: AbortSignal.timeout(400) }, 'aborted', /aborted/],
    ['it has too many pixels', { maxPixels: 1e6 }, 'invalid-image', /16000000 pixels/],
  ] as const)('ends when %s', async (_, options, code, message) => {
    const start = Date.now();
    const error = await failure(fixture('filters.svg'), { svg: true, ...options });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(Date.now() - start).toBeLessThan(5000);
  });

  it.each([
    ['refuses a truncated file', () => Buffer.from(drawing.slice(0, 80)), /cannot be rendered as/],
    ['refuses a gzip bomb', () => gzipSync(Buffer.alloc(40e6)), /cannot be decompressed/],
    ['refuses gzip of another format', () => gzipSync(png), /is not an SVG/],
    ['refuses HTML with an SVG in it', () => Buffer.from(`<!doctype html><p>${drawing}`), /HTML/],
  ])('%s', async (_, input, message) => {
    const error = await failure(input(), { svg: true });
    expect(error).toMatchObject({ code: 'invalid-image', message: expect.stringMatching(message) });
  });
});

describe('names the format of a file that is not supported:', () => {
  const box = (brand: string, ...more: string[]) =>
    Buffer.from(
      `\0\0\0${String.fromCharCode(16 + 4 * more.length)}ftyp${brand}\0\0\0\0${more.join('')}`,
      'latin1',
    );
  it.each([
    ['HEIC', () => box('heic', 'mif1'), /HEIC: convert it first: heif-convert/],
    ['HEIF', () => box('mif1', 'heic'), /HEIC: convert it first/],
    ['a video', () => box('isom', 'mp41'), /film.*ffmpeg/],
    ['CR3', () => box('crx '), /camera raw/],
    ['JPEG XL', () => Buffer.from([0xff, 0x0a, 0, 0]), /JPEG XL: .*djxl/],
    ['JPEG 2000', () => Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'), /JPEG 2000/],
    ['PDF', () => Buffer.from('%PDF-1.7'), /PDF: .*pdftoppm/],
    ['PSD', () => Buffer.from('8BPS\0\x01'), /Photoshop/],
    ['PostScript', () => Buffer.from('%!PS'), /PostScript/],
    ['OpenEXR', () => Buffer.from([0x76, 0x2f, 0x31, 1]), /OpenEXR/],
    ['a zip', () => Buffer.from('PK\x03\x04'), /ZIP/],
    ['an ImageMagick script', () => Buffer.from('push graphic-context'), /no known format/],
    [
      'a Git LFS pointer',
      () => Buffer.from('version https://git-lfs.github.com/spec/v1'),
      /git lfs pull/,
    ],
    ['PNM, which sharp would read', () => Buffer.from('P6 1 1 255 abc'), /no known format/],
    ['a DNG', () => tiff([[50706, 1, 1]]), /camera raw file, of which only a thumbnail/],
    ['YCbCr in a TIFF', () => fixture('ycbcr.tif'), /YCbCr/],
    ['floating point TIFF', () => fixture('float.tif'), /floating point values/],
  ])('%s', async (_, input, message) => {
    const error = await failure(input());
    expect(error).toMatchObject({ code: 'invalid-image', message: expect.stringMatching(message) });
    if (!/TIFF|YCbCr|DNG/.test(_)) expect(error.message).toMatch(/Supported: JPEG, PNG, .*BMP/);
  });

  function tiff(tags: readonly (readonly number[])[]): Buffer {
    const bytes = Buffer.alloc(14 + 12 * tags.length);
    bytes.write('II*\0\x08', 'latin1');
    bytes.writeUInt16LE(tags.length, 8);
    for (const [i, [tag = 0, type = 0, value = 0]] of tags.entries()) {
      bytes.writeUInt16LE(tag, 10 + 12 * i);
      bytes.writeUInt16LE(type, 12 + 12 * i);
      bytes.writeUInt32LE(1, 14 + 12 * i);
      bytes.writeUInt32LE(value, 18 + 12 * i);
    }
    return bytes;
  }
});

describe('limits', () => {
  it('are checked on the header, before decoding', async () => {
    const bomb = await sharp({
      create: { width: 12_000, height: 12_000, channels: 3, background: '#000' },
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const start = Date.now();
    const error = await failure(bomb, { maxPixels: 1e6 });
    expect(error.message).toMatch(
      /12000 x 12000 = 144000000 pixels, more than 1000000 \(maxPixels/,
    );
    expect(Date.now() - start).toBeLessThan(500);
  });

  it.each([
    ['maxPixels', () => png, { maxPixels: 1 }, /more than 1 \(maxPixels/],
    ['maxPixels of raw pixels', () => raw, { maxPixels: 1 }, /more than 1/],
    ['maxPixels of a bitmap', () => fixture('four-by-three.bmp'), { maxPixels: 11 }, /12 pixels/],
    [
      'maxBytes of a file',
      () => fixture('cmyk.tif'),
      { maxBytes: 9 },
      /more than 9 bytes \(maxBytes/,
    ],
    ['maxBytes of bytes', () => png, { maxBytes: 9 }, /more than 9 bytes/],
    ['maxBytes of a Blob', () => new Blob([new Uint8Array(png)]), { maxBytes: 9 }, /more than 9/],
    ['maxBytes of a stream', () => Readable.from([png, png]), { maxBytes: 99 }, /more than 99/],
    ['maxBytes of a data: URL', () => dataUrl(), { maxBytes: 9 }, /more than 9 bytes/],
  ] as [string, () => unknown, DecodeImageOptions, RegExp][])(
    '%s',
    async (_, input, options, message) => {
      const error = await failure(input(), options);
      expect(error).toMatchObject({
        code: 'invalid-image',
        message: expect.stringMatching(message),
      });
    },
  );

  it.each([
    [{ maxPixels: 0 }, /maxPixels is 0, not a whole number from 1/],
    [{ maxPixels: 2 ** 29 }, /maxPixels/],
    [{ maxBytes: '9' }, /maxBytes is "9"/],
    [{ decodeTimeoutMs: Number.NaN }, /decodeTimeoutMs is NaN/],
    [{ svg: 'yes' }, /svg is "yes"/],
  ])('%j', async (options, message) => {
    const wanted = { code: 'invalid-argument', message: expect.stringMatching(message) };
    expect(await failure(png, options as never)).toMatchObject(wanted);
    await expect(createClipSeg(options as never)).rejects.toMatchObject(wanted);
  });

  it('apply to createClipSeg too', async () => {
    const clipSeg = await createClipSeg({ maxPixels: 1 });
    await expect(clipSeg.encodeImage(png)).rejects.toMatchObject({ code: 'invalid-image' });
    await clipSeg.dispose();
  });
});

const dataUrl = () => `data:image/png;base64,${png.toString('base64')}`;
const raw = { width: 2, height: 1, channels: 3, data: red };

describe('inputs', () => {
  const rgba = Uint8ClampedArray.from([255, 0, 0, 255, 255, 0, 0, 255]);
  const foreign = (name: string, bytes: Iterable<number>) =>
    runInNewContext(`${name}.from(list)`, { list: [...bytes] });
  const percent = () => [...png].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  it.each([
    ['a data: URL in base64', () => dataUrl()],
    ['a data: URL object', () => new URL(dataUrl())],
    ['a data: URL with percent signs', () => `DATA:image/png,${percent()}`],
    ['base64 with line feeds', () => dataUrl().replace(/(.{60})/g, '$1\n')],
    ['ImageData', () => ({ width: 2, height: 1, data: rgba })],
    ['RawImage, clamped', () => ({ width: 2, height: 1, channels: 4, data: rgba })],
    ['a File', () => new File([new Uint8Array(png)], 'a.png')],
    ['bytes of another realm', () => foreign('Uint8Array', png)],
    ['an ArrayBuffer of another realm', () => foreign('Uint8Array', png).buffer],
    ['a DataView', () => new DataView(new Uint8Array(png).buffer)],
    ['RawImage of another realm', () => ({ ...raw, data: foreign('Uint8Array', red) })],
    [
      'ImageData of another realm',
      () => ({ width: 2, height: 1, data: foreign('Uint8ClampedArray', rgba) }),
    ],
    ['a stream of small pieces', () => Readable.from([...png].map((byte) => Buffer.of(byte)))],
  ] as [string, () => unknown][])('%s', async (_, input) => {
    const { width, height, data } = await pixelsOf(input());
    expect([width, height, ...data]).toEqual([2, 1, ...red]);
  });

  const broken = () =>
    new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
  it.each([
    ['data: without a comma', 'data:image/png', 'invalid-image', /no comma/],
    ['data: of invalid base64', 'data:;base64,@@@@', 'invalid-image', /not valid base64/],
    ['an empty data: URL', 'data:,', 'invalid-image', /empty/],
    [
      'a long data: URL that is not an image',
      `data:,${'x'.repeat(1e5)}`,
      'invalid-image',
      /^.{0,300}$/,
    ],
    ['a long string that is not a path', 'x'.repeat(1e5), 'not-found', /^.{0,300}$/],
    ['a path with control characters', 'a\u001b[2J', 'not-found', /^[ -~]*$/],
    ['an unsupported scheme', 'blob:abc', 'invalid-image', /is not a file:, http:/],
    ['a file: URL of another host', 'file://host/a.png', 'invalid-image|not-found', /./],
    [
      'a stream of objects',
      Readable.from([{ a: 1 }]),
      'invalid-image',
      /a stream that gives \{"a": 1\}/,
    ],
    ['a stream that fails', broken(), 'network', /ended with an error/],
    ['a device', '/dev/null', 'not-found', /not a file but a pipe or a device/],
    [
      'float pixels',
      { width: 1, height: 1, channels: 1, data: new Float32Array(1) },
      'invalid-image',
      /8-bit/,
    ],
    [
      'hostile sides',
      { width: { toString: 1 }, height: 1, data: red },
      'invalid-image',
      /both sides/,
    ],
  ] as [string, unknown, string, RegExp][])('%s', async (_, input, code, message) => {
    const error = await failure(input);
    expect(error.code).toMatch(new RegExp(`^(${code})$`));
    expect(error.message).toMatch(message);
  });

  it('a stream that hangs ends with the signal', async () => {
    const error = await failure(new Readable({ read() {} }), { signal: AbortSignal.timeout(30) });
    expect(error).toMatchObject({ code: 'aborted' });
  });
});

describe('CMYK is converted as by Pillow', () => {
  const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? 999))));
  it.each(['jpg', 'tif'])('without a profile: %s', async (type) => {
    const { data } = await pixelsOf(fixture(`cmyk.${type}`));
    expect([...data]).toEqual([...(await pixelsOf(fixture(`cmyk-${type}-pillow.png`))).data]);
  });

  it('with its profile, within one level of ImageCms', async () => {
    const side = 16;
    const gradient = Buffer.alloc(side * side * 3);
    for (let i = 0; i < side * side; i++) {
      gradient.set([(i % 16) * 17, (i >> 4) * 17, (i * 7) % 256], 3 * i);
    }
    const picture = sharp(gradient, { raw: { width: side, height: side, channels: 3 } });
    const tiff = picture
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .tiff({ compression: 'deflate' });
    const { data } = await pixelsOf(await tiff.toBuffer());
    const expected = (await pixelsOf(fixture('cmyk-profile-pillow.png'))).data;
    expect(worst(data, expected)).toBeLessThanOrEqual(1);
  });
});

describe('BMP', () => {
  it('gives the documented pixels of the fixture', async () => {
    const { width, height, data } = await pixelsOf(fixture('four-by-three.bmp'));
    expect([width, height]).toEqual([4, 3]);
    expect([...data]).toEqual([
      255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 255, 255, 255, 0, 255, 255, 255, 0, 0, 0,
      0, 64, 64, 64, 128, 128, 128, 192, 192, 192, 1, 2, 3,
    ]);
  });

  it.each(Object.entries(bmp.right))('%s', async (_, { file, pixels }: Bmp) => {
    expect([...(await pixelsOf(file)).data]).toEqual(pixels);
  });

  it.each(Object.entries(bmp.wrong))('%s is refused', async (_, file) => {
    const start = Date.now();
    const error = await failure(file);
    expect(error).toMatchObject({ code: 'invalid-image' });
    expect(Date.now() - start).toBeLessThan(1000);
  });

  it('gives an error for every truncation and every changed byte of the header', async () => {
    const { file } = bmp.right['8 bits']!;
    for (let i = 0; i < 60; i++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(file);
        changed[i] = value;
        const error = await failure(changed);
        if (error) expect(error.code).toBe('invalid-image');
      }
      expect((await failure(file.subarray(0, i)))?.code).toBe('invalid-image');
    }
  });

  it('stops on abort and on time-out', async () => {
    const large = Buffer.alloc(54 + 3000 * 9000);
    bmp.right['24 bits']!.file.copy(large, 0, 0, 54);
    large.writeInt32LE(3000, 18);
    large.writeInt32LE(3000, 22);
    const late = await failure(large, { decodeTimeoutMs: 1 });
    expect(late).toMatchObject({ message: expect.stringMatching(/within 1 ms/) });
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    expect(await failure(large, { signal: controller.signal })).toMatchObject({ code: 'aborted' });
  });
});

describe('a decoder that takes too long', () => {
  const noise = Buffer.alloc(
    2000 * 2000 * 3,
    Buffer.from(Array.from({ length: 9973 }, (_, i) => (i * i) % 251)),
  );
  const large = () => sharp(noise, { raw: { width: 2000, height: 2000, channels: 3 } });
  it.each([
    ['a progressive JPEG', () => large().jpeg({ progressive: true }).toBuffer()],
    ['an interlaced PNG', () => large().png({ progressive: true, compressionLevel: 1 }).toBuffer()],
  ])('%s ends with an error, and the next decode works', async (_, make) => {
    const bytes = await make();
    const late = await failure(bytes, { decodeTimeoutMs: 1 });
    expect(late).toMatchObject({ code: 'invalid-image' });
    expect(late.message).toMatch(/cannot be decoded within 1 ms/);
    expect(await decodeImage(bytes)).toMatchObject({ width: 2000, height: 2000, channels: 3 });
  });
});

it('a file with the wrong extension is decoded by its bytes', async () => {
  const path = join(folder, 'a.jpg');
  await writeFile(path, readFileSync(fixture('four-by-three.bmp')));
  expect((await decodeImage(path)).width).toBe(4);
});
