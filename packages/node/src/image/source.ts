import { Buffer } from 'node:buffer';
import { readFile, readlink, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ClipSegError, type RawImage } from '@clipseg/core';
import { showValue, throwIfAborted } from '@clipseg/core/internal';
import { fetchImage } from '../http/fetch-image.js';
import { dataUrlBytes } from './data-url.js';
import { invalid, untilAborted } from './deadline.js';
import type { Limits } from './options.js';

/** Pixels of a canvas: RGBA, 8 bits each. */
export interface ImageDataLike {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/**
 * Input of `encodeImage` and `segment` on Node. Strings are paths or file:, http(s):, data: URLs.
 */
export type ImageInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | NodeJS.ReadableStream
  | ReadableStream<Uint8Array>
  | ImageDataLike
  | RawImage;

interface Source {
  /** Name in messages. */
  readonly name: string;
  readonly bytes: Buffer;
}

const tooLarge = (name: string, maxBytes: number) =>
  invalid(`${name} has more than ${maxBytes} bytes (maxBytes sets the limit).`);

// By Unicode class, as the linter forbids control characters in patterns.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const shown = (path: string) =>
  path.length > 300 || UNPRINTABLE.test(path) ? showValue(path) : path;

/** Reasons why a path does not lead to a file. */
const PATH_PROBLEMS: Readonly<Record<string, string>> = {
  ELOOP: 'is a link that leads to itself',
  ENAMETOOLONG: 'is too long a name for the file system',
  ENOTDIR: 'is below a file, not in a folder',
};

async function unreachable(path: string, cause: NodeJS.ErrnoException): Promise<ClipSegError> {
  const name = shown(path);
  const { code = 'unknown reason' } = cause;
  if (code === 'EACCES' || code === 'EPERM') {
    return new ClipSegError('io', `${name} cannot be read: permission denied.`, { cause });
  }
  const problem = PATH_PROBLEMS[code];
  if (problem) return new ClipSegError('not-found', `${name} ${problem}.`, { cause });
  const link = await readlink(path).catch(() => undefined);
  const why =
    link !== undefined
      ? ` It is a link to ${shown(link)}, which is missing.`
      : path.includes('\ufffd')
        ? ' If its name is not in UTF-8, rename it.'
        : '';
  return new ClipSegError('not-found', `There is no image ${name}.${why}`, { cause });
}

async function fileSource(path: string, { maxBytes, signal }: Limits): Promise<Source> {
  const name = shown(path);
  const info = await stat(path).catch(async (cause) => {
    throw await unreachable(path, cause);
  });
  if (info.isDirectory()) {
    throw new ClipSegError('not-found', `${name} is a folder, not an image.`);
  }
  if (!info.isFile()) {
    const hint = 'give it as a stream: fs.createReadStream';
    throw new ClipSegError('not-found', `${name} is not a file but a pipe or a device; ${hint}.`);
  }
  if (info.size === 0) throw invalid(`${name} is empty (0 bytes).`);
  if (info.size > maxBytes) throw tooLarge(name, maxBytes);
  try {
    return { name, bytes: await readFile(path, { signal }) };
  } catch (cause) {
    throwIfAborted(signal);
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new ClipSegError('io', `${name} cannot be read: ${why}.`, { cause });
  }
}

async function urlSource(url: URL, limits: Limits): Promise<Source> {
  const { signal, maxBytes } = limits;
  return { name: shown(url.href), bytes: await fetchImage(url, { signal, maxBytes }) };
}

async function addressSource(url: URL, limits: Limits): Promise<Source> {
  const { protocol, href } = url;
  if (protocol === 'data:') {
    return { name: 'The data: URL', bytes: dataUrlBytes(href, limits.maxBytes) };
  }
  if (protocol === 'http:' || protocol === 'https:') return urlSource(url, limits);
  if (protocol !== 'file:') {
    throw invalid(`${showValue(href)} is not a file:, http:, https: or data: URL.`);
  }
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch (cause) {
    throw invalid(`${showValue(href)} does not name a local file.`, cause);
  }
  return fileSource(path, limits);
}

async function textSource(input: string, limits: Limits): Promise<Source> {
  // Not with the URL parser, which would copy and change up to hundreds of megabytes.
  if (/^\s*data:/i.test(input)) {
    return { name: 'The data: URL', bytes: dataUrlBytes(input, limits.maxBytes) };
  }
  if (!/^(https?|file|blob):/i.test(input)) return fileSource(input, limits);
  if (!URL.canParse(input)) throw invalid(`${showValue(input)} is not a valid URL.`);
  return addressSource(new URL(input), limits);
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

// Checks tags, not instanceof, as other realms (Jest, vm, iframes) have their own classes.
const BUFFERS = new Set(['ArrayBuffer', 'SharedArrayBuffer']);

function bytesOf(value: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  return BUFFERS.has(tagOf(value)) ? Buffer.from(value as ArrayBuffer) : undefined;
}

function chunkBytes(chunk: unknown, name: string): Buffer {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : bytesOf(chunk);
  if (bytes) return bytes;
  throw invalid(`${name} is a stream that gives ${showValue(chunk)}, not bytes.`);
}

async function collect(
  stream: AsyncIterable<unknown>,
  name: string,
  { maxBytes, signal }: Limits,
): Promise<Buffer> {
  const iterator = stream[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(Promise.resolve(iterator.next()), signal);
      if (done) return Buffer.concat(chunks);
      const bytes = chunkBytes(value, name);
      size += bytes.length;
      if (size > maxBytes) throw tooLarge(name, maxBytes);
      chunks.push(bytes);
    }
  } catch (cause) {
    // Not awaited, as a stream that hangs would hang here too.
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
    else Promise.resolve(iterator.return?.()).catch(() => {});
    if (ClipSegError.isInstance(cause)) throw cause;
    throw new ClipSegError('network', `${name} ended with an error while it was read.`, { cause });
  }
}

const isBlob = (input: object): input is Blob =>
  ['Blob', 'File'].includes(tagOf(input)) &&
  typeof (input as Blob).size === 'number' &&
  typeof (input as Blob).stream === 'function';

async function blobSource(blob: Blob, limits: Limits): Promise<Source> {
  const { name: fileName } = blob as Partial<File>;
  const isNamed = typeof fileName === 'string' && fileName !== '';
  const name = isNamed ? shown(fileName) : 'The image';
  if (blob.size > limits.maxBytes) throw tooLarge(name, limits.maxBytes);
  return { name, bytes: await collect(blob.stream() as AsyncIterable<unknown>, name, limits) };
}

/**
 * Reads the bytes of an image from any source.
 * @throws ClipSegError `not-found`, `io`, `invalid-image`, `network`, `aborted`
 */
export async function sourceOf(input: unknown, limits: Limits): Promise<Source> {
  if (typeof input === 'string') return textSource(input, limits);
  const name = 'The image';
  if (typeof input === 'object' && input !== null) {
    if (tagOf(input) === 'URL') return addressSource(input as URL, limits);
    const bytes = bytesOf(input);
    if (bytes && bytes.length > limits.maxBytes) throw tooLarge(name, limits.maxBytes);
    if (bytes) return { name, bytes };
    if (isBlob(input)) return blobSource(input, limits);
    if (Symbol.asyncIterator in input) {
      return { name, bytes: await collect(input as AsyncIterable<unknown>, name, limits) };
    }
  }
  const what = input === null ? 'null' : typeof input;
  throw invalid(
    `The image is ${what}; give a path, URL, bytes, Blob, stream, ImageData or RawImage.`,
  );
}
