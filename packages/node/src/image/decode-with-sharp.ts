import type { Buffer } from 'node:buffer';
import { ClipSegError, type RawImage } from '@clipseg/core';
import { showReason } from '@clipseg/core/internal';
import type { Metadata, OutputInfo, SharpOptions } from 'sharp';
import { loadSharp } from '../native/sharp.js';
import { inTime, invalid, tooSlow } from './deadline.js';
import type { Limits } from './options.js';
import { tiffProblem } from './tiff-tags.js';

/** sharp's names of formats, where they differ. */
const SHARP_NAMES: Readonly<Record<string, string>> = { AVIF: 'heif' };

/** Maximum number of frames or pages; counting them takes time, and only the first is used. */
const MAX_PAGES = 100_000;

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** @throws ClipSegError `invalid-image` if the sides in the header are 0 or too large */
export function checkPixels({ width, height }: Sides, name: string, { maxPixels }: Limits): void {
  if (!(width > 0 && height > 0)) {
    throw invalid(`${name} cannot be decoded as an image: it is ${width} x ${height} pixels.`);
  }
  if (width * height > maxPixels) {
    const size = `${width} x ${height} = ${width * height} pixels`;
    throw invalid(
      `${name} has ${size}, more than ${maxPixels} (maxPixels sets the limit); scale it down first.`,
    );
  }
}

function undecodable(name: string, cause: unknown, limits: Limits): ClipSegError {
  if (ClipSegError.isInstance(cause)) return cause;
  const reason = showReason(
    cause instanceof Error ? new Error(cause.message.split('\n')[0]) : cause,
  );
  if (/^timeout/i.test(reason)) return tooSlow(name, limits);
  return invalid(`${name} cannot be decoded as an image: ${reason.slice(0, 200)}.`, cause);
}

function checkHeader(head: Metadata, kind: string, name: string, limits: Limits): void {
  const expected = SHARP_NAMES[kind] ?? kind.toLowerCase();
  if (head.format !== expected) {
    throw invalid(
      `${name} starts like ${kind}, but is decoded as ${head.format}; such files are refused.`,
    );
  }
  checkPixels(head, name, limits);
  if ((head.pages ?? 1) > MAX_PAGES) {
    throw invalid(`${name} has ${head.pages} pages; at most ${MAX_PAGES} are accepted.`);
  }
  if (head.depth !== 'uchar' && head.depth !== 'ushort') {
    const numbers = ['float', 'double'].includes(head.depth) ? 'floating point' : head.depth;
    throw invalid(
      `${name} has ${numbers} values of an unknown range. ` +
        'Scale them to 0 to 255 and save them with 8 bits.',
    );
  }
}

/** Converts CMYK as Pillow does: `(255 - ink) * (255 - black) / 255`, rounded. */
function cmykToRgb(ink: Uint8Array, { width, height, channels }: OutputInfo): RawImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; o < data.length; i += channels) {
    const white = 255 - ink[i + 3]!;
    for (let c = 0; c < 3; c++) {
      data[o++] = Math.round(((255 - ink[i + c]!) * white) / 255);
    }
  }
  return { width, height, channels: 3, data };
}

function fromSharp(pixels: Buffer, info: OutputInfo, name: string): RawImage {
  const { width, height, channels } = info;
  const data = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  if (channels === 1 || channels === 3) return { width, height, channels, data };
  throw invalid(`${name} has ${channels} channels; use grey, RGB or CMYK, with or without alpha.`);
}

async function unpack(bytes: Buffer, head: Metadata, name: string, limits: Limits) {
  const sharp = await loadSharp();
  const cmyk = head.space === 'cmyk';
  const options: SharpOptions = {
    limitInputPixels: limits.maxPixels,
    failOn: 'error',
    // Otherwise sharp applies the profile, unlike Pillow and the browser adapter.
    ignoreIcc: !(cmyk && head.hasProfile),
    page: 0,
    pages: 1,
  };
  const seconds = Math.min(3600, Math.ceil(limits.decodeTimeoutMs / 1000));
  const image = sharp(bytes, options).timeout({ seconds }).autoOrient();
  if (cmyk && !head.hasProfile) {
    const ink = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw({ depth: 'uchar' });
    const { data, info } = await ink.toBuffer({ resolveWithObject: true });
    return cmykToRgb(data, info);
  }
  const { data, info } = await image
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return fromSharp(data, info, name);
}

/** @throws ClipSegError `invalid-image`, `aborted` */
export async function decodeWithSharp(
  bytes: Buffer,
  kind: string,
  name: string,
  limits: Limits,
): Promise<RawImage> {
  const problem = kind === 'TIFF' ? tiffProblem(bytes) : undefined;
  if (problem) throw invalid(`${name} ${problem}.`);
  const sharp = await loadSharp();
  try {
    // Reads only the header, whatever size it claims; checkHeader's message says more than sharp's.
    const header = sharp(bytes, { limitInputPixels: false, failOn: 'error', page: 0, pages: 1 });
    const head = await inTime(header.metadata(), name, limits);
    checkHeader(head, kind, name, limits);
    return await inTime(unpack(bytes, head, name, limits), name, limits);
  } catch (cause) {
    throw undecodable(name, cause, limits);
  }
}
