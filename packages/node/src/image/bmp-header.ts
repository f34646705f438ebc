import type { Buffer } from 'node:buffer';

/** Bit masks of the color channels in a pixel's word; 0 if there is no alpha. */
type Masks = readonly [red: number, green: number, blue: number, alpha: number];

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** Run-length coded. */
  readonly rle: boolean;
  readonly masks: Masks;
  /** RGB triples; empty if there is no palette. */
  readonly palette: Uint8Array;
  /** Offset of the pixels in bytes. */
  readonly start: number;
}

const FILE_HEADER = 14;
const SIZES = [12, 16, 40, 52, 56, 64, 108, 124];
const [RGB, RLE8, RLE4, BITFIELDS, ALPHABITFIELDS] = [0, 1, 2, 3, 6];

/** Reason to refuse a file; its message follows "cannot be decoded: ". */
export class BmpError extends Error {}
const fail = (reason: string): never => {
  throw new BmpError(reason);
};

interface Info {
  readonly size: number;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression: number;
  readonly colors: number;
}

function infoOf(bytes: Buffer): Info {
  if (bytes.length < FILE_HEADER + 12) fail('the header is truncated');
  const size = bytes.readUInt32LE(14);
  if (!SIZES.includes(size)) fail(`a header of ${size} bytes is not supported`);
  if (bytes.length < FILE_HEADER + size) fail('the header is truncated');
  if (size === 12) {
    const [width, height] = [bytes.readUInt16LE(18), bytes.readUInt16LE(20)];
    return { size, width, height, bits: bytes.readUInt16LE(24), compression: RGB, colors: 0 };
  }
  return {
    size,
    width: bytes.readInt32LE(18),
    height: bytes.readInt32LE(22),
    bits: bytes.readUInt16LE(28),
    compression: size === 16 ? RGB : bytes.readUInt32LE(30),
    colors: size === 16 ? 0 : bytes.readUInt32LE(46),
  };
}

function checkCoding({ size, bits, compression, height }: Info): void {
  if (![1, 4, 8, 16, 24, 32].includes(bits)) fail(`${bits} bits per pixel are not supported`);
  const os2 = size === 64 || size === 12 || size === 16;
  const rle = (compression === RLE8 && bits === 8) || (compression === RLE4 && bits === 4);
  const fields =
    (compression === BITFIELDS || compression === ALPHABITFIELDS) &&
    !os2 &&
    (bits === 16 || bits === 32);
  if (compression !== RGB && !rle && !fields) {
    fail(`compression ${compression} with ${bits} bits per pixel is not supported`);
  }
  if (os2 && (bits === 16 || bits === 32))
    fail(`an OS/2 header with ${bits} bits per pixel is not supported`);
  if (rle && height < 0) fail('top-down run lengths are not supported');
}

function masksOf(bytes: Buffer, { size, bits, compression }: Info): [Masks, length: number] {
  if (compression !== BITFIELDS && compression !== ALPHABITFIELDS) {
    const usual: Masks = bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
    return [usual, 0];
  }
  const inHeader = size >= 52;
  const count = compression === ALPHABITFIELDS || size >= 56 ? 4 : 3;
  const length = inHeader ? 0 : 4 * count;
  if (bytes.length < 54 + 4 * count) fail('the color masks are truncated');
  const read = (i: number) => (i < count ? bytes.readUInt32LE(54 + 4 * i) : 0);
  return [[read(0), read(1), read(2), read(3)], length];
}

function checkMasks(masks: Masks, bits: number): void {
  let seen = 0;
  for (const mask of masks) {
    if ((seen & mask) !== 0) fail('the color masks overlap');
    seen |= mask;
    const low = mask & -mask;
    if (mask !== 0 && ((mask / (low >>> 0) + 1) & (mask / (low >>> 0))) !== 0) {
      fail('a color mask has gaps');
    }
    if (bits === 16 && mask > 0xffff) fail('a color mask has more than 16 bits');
  }
}

function paletteOf(
  bytes: Buffer,
  at: number,
  { size, bits, colors }: Info,
): [Uint8Array, end: number] {
  if (bits > 8) return [new Uint8Array(), at];
  const max = 1 << bits;
  const count = colors === 0 || colors > max ? max : colors;
  const step = size === 12 ? 3 : 4;
  const end = at + count * step;
  if (end > bytes.length) fail('the palette is truncated');
  const palette = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[at + i * step + 2 - c]!;
  }
  return [palette, end];
}

/** @throws BmpError */
export function bmpHeader(bytes: Buffer): BmpHeader {
  const info = infoOf(bytes);
  checkCoding(info);
  const { width, height, bits, compression, size } = info;
  const [masks, length] = masksOf(bytes, info);
  if (bits >= 16) checkMasks(masks, bits);
  const [palette, end] = paletteOf(bytes, FILE_HEADER + size + length, info);
  const start = bytes.readUInt32LE(10) || end;
  if (start < end) fail('the pixels begin within the header');
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    masks,
    palette,
    start,
    rle: compression === RLE8 || compression === RLE4,
  };
}
