import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { gunzip } from 'node:zlib';
import { ClipSegError, type RawImage } from '@clipseg/core';
import { pictureFormat } from '@clipseg/core/formats';
import { throwIfAborted } from '@clipseg/core/internal';
import { loadSharp } from '../native/sharp.js';
import { invalid, tooSlow } from './deadline.js';
import { checkPixels } from './decode-with-sharp.js';
import type { Limits } from './options.js';

/** Maximum length of an SVG in bytes; its tree takes many times that. */
const MAX_TEXT = 32 * 2 ** 20;

// librsvg cannot be interrupted, so sharp's time limit comes too late; a process can be killed. The
// process writes its result as JSON (width, height, channels), a line feed, and the pixels.
const DRAW = `
const loaded = require(process.argv[1]);
const sharp = loaded.default ?? loaded;
const maxPixels = Number(process.argv[2]);
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
process.stdin.on('end', async () => {
  const say = (line) => process.stdout.write(JSON.stringify(line) + '\\n');
  try {
    const bytes = Buffer.concat(chunks);
    const head = await sharp(bytes, { limitInputPixels: false }).metadata();
    const { width, height, format } = head;
    if (format !== 'svg') return say({ error: 'it is not an SVG' });
    if (!(width * height <= maxPixels)) return say({ width, height });
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    say({ width: info.width, height: info.height, channels: info.channels });
    process.stdout.write(data);
  } catch (error) {
    say({ error: String(error.message).split('\\n')[0].slice(0, 200) });
  }
});`;

/** Decompresses an SVG and converts it to UTF-8, the only encoding that sharp recognizes. */
async function plainText(bytes: Buffer, name: string, { maxBytes }: Limits): Promise<Buffer> {
  const limit = Math.min(MAX_TEXT, maxBytes);
  let text = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    text = await new Promise((resolve, reject) =>
      gunzip(bytes, { maxOutputLength: limit }, (cause, result) =>
        cause
          ? reject(
              invalid(`${name} cannot be decompressed to an SVG of at most ${limit} bytes.`, cause),
            )
          : resolve(result),
      ),
    );
  }
  if (text.length > limit) throw invalid(`${name} is an SVG of more than ${limit} bytes.`);
  if (pictureFormat(text)?.name !== 'SVG') throw invalid(`${name} is not an SVG.`);
  const [a = 0, b = 0] = text;
  const little = a === 0xff || (a > 0 && b === 0);
  if (!little && a !== 0xfe && a !== 0) return text;
  const decoded = new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(text);
  return Buffer.from(
    decoded.replace(/^(\s*<\?xml[^>]{0,200}?)\sencoding=["'][\w-]{1,40}["']/, '$1'),
  );
}

interface Answer {
  readonly width?: number;
  readonly height?: number;
  readonly channels?: number;
  readonly error?: string;
}

function parseOutput(output: Buffer, name: string, limits: Limits): RawImage {
  const end = output.indexOf('\n');
  if (end < 0) throw invalid(`${name} cannot be rendered: the rendering process ended early.`);
  const {
    width = 0,
    height = 0,
    channels,
    error,
  } = JSON.parse(output.toString('utf8', 0, end)) as Answer;
  if (error !== undefined) throw invalid(`${name} cannot be rendered as an SVG: ${error}.`);
  checkPixels({ width, height }, name, limits);
  const data = new Uint8Array(output.subarray(end + 1));
  if ((channels !== 1 && channels !== 3) || data.length !== width * height * channels) {
    throw invalid(`${name} cannot be rendered: the rendering process ended early.`);
  }
  return { width, height, channels, data };
}

function draw(text: Buffer, name: string, limits: Limits): Promise<Buffer> {
  const { signal, decodeTimeoutMs, maxPixels } = limits;
  const sharp = createRequire(import.meta.url).resolve('sharp');
  // Options of this process (debugger, loader, memory limit) must not apply to the child.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', DRAW, sharp, String(maxPixels)], {
      env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    const done = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.kill('SIGKILL');
      settle();
    };
    const fail = (error: unknown) => done(() => reject(error));
    const abort = () =>
      fail(new ClipSegError('aborted', 'The operation was aborted.', { cause: signal?.reason }));
    const timer = setTimeout(() => fail(tooSlow(name, limits)), decodeTimeoutMs);
    signal?.addEventListener('abort', abort);
    child.on('error', (cause) =>
      fail(invalid(`${name} cannot be rendered: no process can be started.`, cause)),
    );
    child.stdin.on('error', () => {}); // the child ended early; `close` handles that
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', () => done(() => resolve(Buffer.concat(chunks))));
    child.stdin.end(text);
  });
}

/**
 * Renders an SVG, plain or gzipped, in a process that is killed on a time-out.
 * @throws ClipSegError `invalid-image`, `aborted`
 */
export async function fromSvg(bytes: Buffer, name: string, limits: Limits): Promise<RawImage> {
  const text = await plainText(bytes, name, limits);
  await loadSharp(); // reports a missing library, which the process could not
  throwIfAborted(limits.signal);
  return parseOutput(await draw(text, name, limits), name, limits);
}
