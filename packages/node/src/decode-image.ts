import { Buffer } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  ClipSegError,
  checkRawImage,
  MAX_PIXELS,
  type RawImage,
  throwIfAborted,
} from '@clipseg/core';
import type { OutputInfo } from 'sharp';
import { fetchPicture } from './http/fetch-picture.js';
import { loadSharp } from './native/sharp.js';

/** What `encodeImage` and `segment` take on Node. Strings are paths or file:, http(s): URLs. */
export type ImageInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | NodeJS.ReadableStream
  | ReadableStream<Uint8Array>
  | RawImage;

// An encoded picture of more than this is a mistake or an attack.
const MAX_BYTES = 512 * 2 ** 20;

interface Source {
  readonly name: string;
  readonly data: string | Buffer;
}

interface Options {
  readonly signal?: AbortSignal;
}

const isRaw = (input: object): input is RawImage => 'width' in input && 'channels' in input;

async function fileSource(path: string): Promise<Source> {
  const info = await stat(path).catch((cause) => {
    throw new ClipSegError('not-found', `There is no image ${path}.`, { cause });
  });
  if (!info.isFile()) throw new ClipSegError('not-found', `${path} is a folder, not an image.`);
  if (info.size === 0) throw new ClipSegError('invalid-image', `${path} is empty (0 bytes).`);
  return { name: path, data: path };
}

async function urlSource(url: URL, { signal }: Options): Promise<Source> {
  return { name: url.href, data: await fetchPicture(url, { signal, maxBytes: MAX_BYTES }) };
}

async function collect(
  stream: AsyncIterable<unknown>,
  name: string,
  signal?: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      throwIfAborted(signal);
      const bytes =
        typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array);
      size += bytes.length;
      if (size > MAX_BYTES) {
        throw new ClipSegError('invalid-image', `${name} has more than ${MAX_BYTES} bytes.`);
      }
      chunks.push(bytes);
    }
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    throwIfAborted(signal);
    throw new ClipSegError('network', `${name} broke off while it was read.`, { cause });
  }
  return Buffer.concat(chunks);
}

async function sourceOf(input: Exclude<ImageInput, RawImage>, options: Options): Promise<Source> {
  if (typeof input === 'string') {
    if (/^(https?|file):/i.test(input)) return sourceOf(new URL(input), options);
    return fileSource(input);
  }
  if (input instanceof URL) {
    return input.protocol === 'file:'
      ? fileSource(fileURLToPath(input))
      : urlSource(input, options);
  }
  const name = 'The image';
  if (input instanceof Uint8Array) {
    const { buffer, byteOffset, byteLength } = input;
    return { name, data: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength) };
  }
  if (input instanceof ArrayBuffer) return { name, data: Buffer.from(input) };
  if (input instanceof Blob) return { name, data: Buffer.from(await input.arrayBuffer()) };
  if (input !== null && typeof input === 'object' && Symbol.asyncIterator in input) {
    return { name, data: await collect(input as AsyncIterable<unknown>, name, options.signal) };
  }
  throw new ClipSegError(
    'invalid-image',
    `The image is ${input === null ? 'null' : typeof input}; give a path, URL, bytes, stream or RawImage.`,
  );
}

/**
 * Decodes a picture to 8-bit RGB: EXIF orientation applied, alpha over white, grey and 16-bit
 * widened or narrowed, CMYK converted, the first frame of an animation. Colour profiles of RGB
 * pictures are left alone, as Pillow leaves them.
 * @throws ClipSegError `not-found`, `invalid-image`, `network`, `aborted`
 */
export async function decodeImage(input: ImageInput, options: Options = {}): Promise<RawImage> {
  throwIfAborted(options.signal);
  if (typeof input === 'object' && input !== null && isRaw(input)) return checkRawImage(input);
  const { name, data } = await sourceOf(input as Exclude<ImageInput, RawImage>, options);
  if (data.length === 0) throw new ClipSegError('invalid-image', `${name} is empty (0 bytes).`);
  const sharp = await loadSharp();
  throwIfAborted(options.signal);
  try {
    const picture = sharp(data, {
      limitInputPixels: MAX_PIXELS,
      failOn: 'error',
      ignoreIcc: true, // sharp converts by the profile otherwise; Pillow and the browser's adapter do not
      page: 0,
      pages: 1,
    });
    const { data: pixels, info } = await picture
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return fromSharp(pixels, info);
  } catch (cause) {
    throwIfAborted(options.signal);
    const reason = (cause as Error).message.split('\n')[0];
    const message = `${name} cannot be decoded as a picture: ${reason}.`;
    throw new ClipSegError('invalid-image', message, { cause });
  }
}

function fromSharp(pixels: Buffer, info: OutputInfo): RawImage {
  const { width, height, channels } = info;
  const data = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  if (channels === 1 || channels === 3) return { width, height, channels, data };
  // Two channels: grey with alpha that flatten left behind does not occur; be sure all the same.
  throw new ClipSegError('invalid-image', `The picture has ${channels} channels.`);
}
