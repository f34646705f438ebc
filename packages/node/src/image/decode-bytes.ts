import type { Buffer } from 'node:buffer';
import type { RawImage } from '@clipseg/core';
import { type PictureFormat, pictureFormat } from '@clipseg/core/formats';
import { decodeBmp } from './bmp.js';
import { invalid } from './deadline.js';
import { checkPixels, decodeWithSharp } from './decode-with-sharp.js';
import type { Limits } from './options.js';
import { fromSvg } from './svg.js';

const READABLE = 'JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, and SVG on request (svg: true)';
const BY_SHARP = ['JPEG', 'PNG', 'WebP', 'GIF', 'TIFF', 'AVIF'];

function refuse(name: string, format: PictureFormat | undefined): never {
  const readable = `Readable are ${READABLE}.`;
  if (!format) {
    throw invalid(
      `${name} cannot be decoded as a picture: its first bytes are of no known format. ${readable}`,
    );
  }
  const { name: kind, advice } = format;
  if (kind === 'SVG') {
    throw invalid(`${name} is an SVG, which is read on request alone: give svg: true. ${readable}`);
  }
  const svgz = kind === 'gzip' ? ' (or give svg: true, if it is an .svgz)' : '';
  const hint = advice ? `: ${advice}${svgz}` : '';
  throw invalid(`${name} cannot be decoded: it is ${kind}${hint}. ${readable}`);
}

/**
 * Decodes by what the first bytes are; what is on no list never comes before a decoder.
 * @throws ClipSegError `invalid-image`, `aborted`
 */
export async function decodeBytes(bytes: Buffer, name: string, limits: Limits): Promise<RawImage> {
  const format = pictureFormat(bytes);
  const kind = format?.name ?? '';
  if (BY_SHARP.includes(kind)) return decodeWithSharp(bytes, kind, name, limits);
  if (kind === 'BMP') {
    return decodeBmp(bytes, name, limits, (size) => checkPixels(size, name, limits));
  }
  if (limits.svg && (kind === 'SVG' || kind === 'gzip')) return fromSvg(bytes, name, limits);
  return refuse(name, format);
}
