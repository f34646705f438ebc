import { createReadStream } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodeImage, type ImageInput } from '@clipseg/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let server: Server;
let base: string;
let png: Buffer;
const [width, height] = [6, 4];
/** Red left, blue right. */
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const left = Math.floor(i / 3) % width < width / 2;
  return [left ? 255 : 0, 0, left ? 0 : 255][i % 3]!;
});
const picture = () => sharp(pixels, { raw: { width, height, channels: 3 } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-images-'));
  png = await picture().png().toBuffer();
  await writeFile(join(folder, 'a.png'), png);
  await symlink('loop.png', join(folder, 'loop.png'));
  await symlink('gone.png', join(folder, 'dangling.png'));
  server = createServer((request, response) => {
    if (request.url === '/a.png') response.end(png);
    else if (request.url === '/hangs.png') response.write(png.subarray(0, 20));
    else if (request.url === '/breaks.png') {
      response.writeHead(200, { 'content-length': png.length });
      response.write(png.subarray(0, 20), () => setTimeout(() => response.destroy(), 20));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const failure = (input: unknown, options?: { signal?: AbortSignal }) =>
  decodeImage(input as ImageInput, options).then(
    () => undefined,
    (error) => error,
  );

describe('decodes an image from', () => {
  it.each([
    ['a path', () => join(folder, 'a.png')],
    ['a file: URL', () => pathToFileURL(join(folder, 'a.png'))],
    ['a file: URL as text', () => pathToFileURL(join(folder, 'a.png')).href],
    ['an http: URL', () => `${base}/a.png`],
    ['a Buffer', () => png],
    ['a view into a larger buffer', () => new Uint8Array([1, 2, ...png, 3]).subarray(2, -1)],
    ['an ArrayBuffer', () => new Uint8Array(png).buffer],
    ['a Blob', () => new Blob([new Uint8Array(png)])],
    ['a Node stream', () => createReadStream(join(folder, 'a.png'))],
    ['a web stream', () => new Blob([new Uint8Array(png)]).stream()],
  ] as [string, () => ImageInput][])('%s', async (_, input) => {
    const image = await decodeImage(input());
    expect(image).toEqual({ width, height, channels: 3, data: pixels });
  });

  it('returns a RawImage unchanged', async () => {
    const raw = { width, height, channels: 3, data: pixels } as const;
    expect(await decodeImage(raw)).toBe(raw);
  });
});

describe('a decoded image', () => {
  const first = ({ data, channels }: { data: ArrayLike<number>; channels: number }) =>
    Array.from({ length: channels }, (_, i) => data[i]);

  it('keeps its values and ignores its color profile', async () => {
    const wide = await picture().withIccProfile('p3').png().toBuffer();
    const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    expect([...stored.subarray(0, 3)]).not.toEqual([255, 0, 0]); // red has other values in P3
    expect([...(await decodeImage(wide)).data]).toEqual([...stored]);
  });

  it('is rotated by EXIF', async () => {
    // Orientation 6: the sensor's top is the right; upright it is 4 x 6, red above blue.
    const turned = await picture()
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const image = await decodeImage(turned);
    expect([image.width, image.height]).toEqual([height, width]);
    const [r, , b] = first(image) as [number, number, number];
    expect(r).toBeGreaterThan(200);
    expect(b).toBeLessThan(60);
    expect(image.data.at(-1)).toBeGreaterThan(200); // blue below
  });

  it('has transparent parts over white', async () => {
    const clear = sharp({ create: { width, height, channels: 4, background: '#ff000080' } });
    const [r, g, b] = first(await decodeImage(await clear.png().toBuffer())) as number[];
    expect([r, g, b]).toEqual([255, 127, 127]);
  });

  it.each([
    ['grey', () => picture().greyscale().png()],
    ['grey with alpha', () => picture().greyscale().ensureAlpha(0.5).png()],
    ['16 bits', () => picture().toColourspace('rgb16').png()],
    ['16 bits grey', () => picture().toColourspace('grey16').png()],
    ['a palette', () => picture().png({ palette: true })],
    ['CMYK', () => picture().toColourspace('cmyk').jpeg({ quality: 100 })],
    ['WebP', () => picture().webp({ lossless: true })],
    ['TIFF', () => picture().tiff()],
    ['AVIF', () => picture().avif({ lossless: true })],
  ])('%s', async (_, make) => {
    const image = await decodeImage(await make().toBuffer());
    expect([image.width, image.height]).toEqual([width, height]);
    expect(image.data.length).toBe(width * height * image.channels);
    expect(Math.max(...image.data)).toBeGreaterThan(60);
    expect(image.data).toBeInstanceOf(Uint8Array);
  });

  it.each(['gif', 'webp'] as const)('is the first frame of an animated %s', async (format) => {
    const frames = Buffer.concat([pixels, Buffer.alloc(pixels.length, 0x80)]);
    const raw = { width, height: 2 * height, channels: 3, pageHeight: height } as const;
    const bytes = await sharp(frames, { raw })[format]({ loop: 0 }).toBuffer();
    const image = await decodeImage(bytes);
    expect([image.width, image.height]).toEqual([width, height]);
    expect(image.data[0]! - image.data[2]!).toBeGreaterThan(150); // red
  });
});

describe('refuses', () => {
  /** A PNG that claims a size and has no pixels of it. */
  function claiming(w: number, h: number): Buffer {
    const bytes = Buffer.from(png);
    bytes.writeUInt32BE(w, 16);
    bytes.writeUInt32BE(h, 20);
    return bytes;
  }

  it.each([
    ['0 bytes', () => new Uint8Array(), 'invalid-image', /empty \(0 bytes\)/],
    ['garbage', () => Buffer.from('this is not an image'), 'invalid-image', /cannot be decoded/],
    [
      'a truncated PNG',
      () => png.subarray(0, png.length - 30),
      'invalid-image',
      /cannot be decoded/,
    ],
    ['100,000 pixels a side', () => claiming(100_000, 100_000), 'invalid-image', /decoded|pixel/],
    ['0 pixels', () => claiming(0, 4), 'invalid-image', /cannot be decoded/],
    [
      'a missing file',
      () => join(folder, 'none.png'),
      'not-found',
      /There is no image .*none\.png/,
    ],
    ['a folder', () => folder, 'not-found', /is a folder/],
    ['a link to itself', () => join(folder, 'loop.png'), 'not-found', /leads to itself\.$/],
    ['a link to nothing', () => join(folder, 'dangling.png'), 'not-found', /link to gone\.png/],
    ['a long name', () => 'x'.repeat(300), 'not-found', /too long a name/],
    ['a path below a file', () => join(folder, 'a.png/b.png'), 'not-found', /is below a file/],
    ['a detached buffer', () => detached().buffer, 'invalid-image', /detached/],
    ['a detached view', () => detached(), 'invalid-image', /detached/],
    ['a getter that throws', () => throwing('width'), 'invalid-image', /cannot be read/],
    ['a proxy that throws', () => new Proxy({}, { has: no }), 'invalid-image', /read: no\./],
    ['a stream that throws', () => ({ [Symbol.asyncIterator]: no }), 'invalid-image', /read: no\./],
    ['a stream of null', () => ({ [Symbol.asyncIterator]: () => null }), 'invalid-image', /read/],
    ['a Blob without a stream', () => blob(() => null), 'invalid-image', /cannot be read/],
    ['a Blob that throws', () => blob(no), 'invalid-image', /cannot be read: no\./],
    [
      'a fake ArrayBuffer',
      () => ({ [Symbol.toStringTag]: 'ArrayBuffer' }),
      'invalid-image',
      /read/,
    ],
    ['404', () => `${base}/none.png`, 'network', /answers 404/],
    [
      'a connection that breaks',
      () => `${base}/breaks.png`,
      'network',
      /ended with an error|broke off/,
    ],
    ['a server that is down', () => 'http://127.0.0.1:9/a.png', 'network', /cannot be reached/],
    ['null', () => null, 'invalid-image', /is null; give a path/],
    ['a number', () => 7, 'invalid-image', /is number; give a path/],
    ['an object', () => ({}), 'invalid-image', /give a path/],
    ['RawImage of too few pixels', () => raw({ data: new Uint8Array(5) }), 'invalid-image', /./],
    ['RawImage of 2 channels', () => raw({ channels: 2 }), 'invalid-image', /./],
    ['RawImage of half a pixel', () => raw({ width: 1.5 }), 'invalid-image', /./],
    ['RawImage of 0 pixels', () => raw({ width: 0, data: new Uint8Array() }), 'invalid-image', /./],
  ])('%s', async (_, input, code, message) => {
    expect(await failure(input())).toMatchObject({ code, message: expect.stringMatching(message) });
  });
  const no = (): never => {
    throw new Error('no');
  };
  const throwing = (name: string) => Object.defineProperty({ data: pixels }, name, { get: no });
  const blob = (stream: () => unknown) => ({ [Symbol.toStringTag]: 'Blob', size: 9, stream });
  function detached(): Uint8Array {
    const bytes = new Uint8Array(16);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  }
  const raw = (change: object) => ({ width, height, channels: 3, data: pixels, ...change });

  it('an aborted signal while the server hangs', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const error = await failure(`${base}/hangs.png`, { signal: controller.signal });
    expect(error).toMatchObject({ code: 'aborted' });
  });
});
