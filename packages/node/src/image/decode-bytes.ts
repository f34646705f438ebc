import type { Buffer } from 'node:buffer';
import type { RawImage } from '@clipseg/core';
import { type PictureFormat, pictureFormat } from '@clipseg/core/formats';
import { decodeBmp } from './bmp.js';
import { invalid } from './deadline.js';
import { checkPixels, decodeWithSharp } from './decode-with-sharp.js';
import type { Limits } from './options.js';
import { fromSvg } from './svg.js';

const SUPPORTED = 'JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, and SVG on request (svg: true)';
const BY_SHARP = ['JPEG', 'PNG', 'WebP', 'GIF', 'TIFF', 'AVIF'];

function refuse(name: string, format: PictureFormat | undefined): never {
  const supported = `Supported: ${SUPPORTED}.`;
  if (!format) {
    throw invalid(
      `${name} cannot be decoded as an image: its first bytes match no known format. ${supported}`,
    );
  }
  const { name: kind, advice } = format;
  if (kind === 'SVG') {
    throw invalid(`${name} is an SVG, which is only read with svg: true. ${supported}`);
  }
  const svgz = kind === 'gzip' ? ' (or give svg: true, if it is an .svgz)' : '';
  const hint = advice ? `: ${advice}${svgz}` : '';
  throw invalid(`${name} cannot be decoded: it is ${kind}${hint}. ${supported}`);
}

/**
 * Decodes an image by its first bytes; decoders never see formats that are not listed.
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
