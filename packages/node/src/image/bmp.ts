import type { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import type { RawImage } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import { BmpError, type BmpHeader, bmpHeader } from './bmp-header.js';
import { invalid, tooSlow } from './deadline.js';
import type { Limits } from './options.js';

/** Decodes row by row; yields after each row, so that the caller can check the time. */
type Rows = Generator<void, void, void>;

function* paletteRows(bytes: Buffer, header: BmpHeader, data: Uint8Array): Rows {
  const { width, height, bits, palette, start, topDown } = header;
  const stride = 4 * Math.ceil((width * bits) / 32);
  const max = (1 << bits) - 1;
  for (let y = 0; y < height; y++) {
    const row = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0, o = 3 * width * y; x < width; x++) {
      const bit = x * bits;
      const byte = bytes[row + (bit >> 3)]!;
      const index = 3 * ((byte >> (8 - bits - (bit & 7))) & max);
      // Indices beyond a short palette are black.
      data[o++] = palette[index] ?? 0;
      data[o++] = palette[index + 1] ?? 0;
      data[o++] = palette[index + 2] ?? 0;
    }
    yield;
  }
}

/** Returns a function that reads a channel, 0 to 255, from a pixel's word. */
function channelOf(mask: number): (word: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const max = mask >>> shift;
  const width = 32 - Math.clz32(max);
  if (width >= 8) return (word) => ((word & mask) >>> shift) >>> (width - 8);
  return (word) => Math.round((255 * ((word & mask) >>> shift)) / max);
}

function* rows24(bytes: Buffer, header: BmpHeader, data: Uint8Array): Rows {
  const { width, height, start, topDown } = header;
  const stride = 4 * Math.ceil((width * 3) / 4);
  for (let y = 0; y < height; y++) {
    let i = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0, o = 3 * width * y; x < width; x++, i += 3) {
      data[o++] = bytes[i + 2]!;
      data[o++] = bytes[i + 1]!;
      data[o++] = bytes[i]!;
    }
    yield;
  }
}

function* maskedRows(bytes: Buffer, header: BmpHeader, data: Uint8Array): Rows {
  const { width, height, bits, start, topDown, masks } = header;
  const size = bits / 8;
  const stride = 4 * Math.ceil((width * size) / 4);
  const read = (at: number) => (size === 2 ? bytes.readUInt16LE(at) : bytes.readUInt32LE(at));
  const [red, green, blue, alpha] = masks.map(channelOf) as [Channel, Channel, Channel, Channel];
  // Many encoders set alpha to 0 everywhere and mean opaque.
  let opaque = true;
  for (let y = 0; masks[3] !== 0 && opaque && y < height; y++) {
    for (let x = 0; opaque && x < width; x++)
      opaque = alpha(read(start + stride * y + size * x)) === 0;
    yield;
  }
  for (let y = 0; y < height; y++) {
    let i = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0, o = 3 * width * y; x < width; x++, i += size) {
      const word = read(i);
      const a = opaque ? 255 : alpha(word);
      const over = (value: number) => Math.round((value * a + 255 * (255 - a)) / 255);
      data[o++] = over(red(word));
      data[o++] = over(green(word));
      data[o++] = over(blue(word));
    }
    yield;
  }
}
type Channel = (word: number) => number;

/** Decodes run lengths. Pixels without a run stay white, like transparent pixels. */
function* runRows(bytes: Buffer, header: BmpHeader, data: Uint8Array): Rows {
  const { width, height, bits, palette, start } = header;
  data.fill(255);
  let [x, y, at] = [0, 0, start];
  const next = (): number => {
    if (at >= bytes.length) throw new BmpError('the pixels are truncated');
    return bytes[at++]!;
  };
  const put = (index: number): void => {
    if (x >= width || y >= height) throw new BmpError('a run exceeds the image');
    const o = 3 * (width * (height - 1 - y) + x++);
    for (let c = 0; c < 3; c++) data[o + c] = palette[3 * index + c] ?? 0;
  };
  const nibble = (byte: number, i: number) => (i % 2 === 0 ? byte >> 4 : byte & 15);
  for (let ops = 0; ; ops++) {
    if (ops % 4096 === 0) yield;
    const [count, code] = [next(), next()];
    if (count > 0) {
      for (let i = 0; i < count; i++) put(bits === 8 ? code : nibble(code, i));
    } else if (code === 0) {
      [x, y] = [0, y + 1];
    } else if (code === 1) {
      return;
    } else if (code === 2) {
      x += next();
      y += next();
    } else {
      let byte = 0;
      const from = at;
      for (let i = 0; i < code; i++) {
        if (bits === 8 || i % 2 === 0) byte = next();
        put(bits === 8 ? byte : nibble(byte, i));
      }
      if ((at - from) % 2 === 1) next();
    }
  }
}

function rowsOf(bytes: Buffer, header: BmpHeader, data: Uint8Array): Rows {
  const { width, height, bits, start, rle } = header;
  if (rle) return runRows(bytes, header, data);
  const stride = 4 * Math.ceil((width * bits) / 32);
  if (start + stride * (height - 1) + Math.ceil((width * bits) / 8) > bytes.length) {
    throw new BmpError('the pixels are truncated');
  }
  if (bits <= 8) return paletteRows(bytes, header, data);
  return bits === 24 ? rows24(bytes, header, data) : maskedRows(bytes, header, data);
}

/** Decodes all rows, with pauses for the event loop. */
async function run(rows: Rows, width: number, name: string, limits: Limits): Promise<void> {
  const end = Date.now() + limits.decodeTimeoutMs;
  const pause = Math.ceil(2 ** 20 / width);
  for (let row = 1; !rows.next().done; row++) {
    if (row % pause !== 0) continue;
    await setImmediate();
    throwIfAborted(limits.signal);
    if (Date.now() > end) throw tooSlow(name, limits);
  }
}

/**
 * Decodes a Windows or OS/2 bitmap as Chromium does: all depths, palettes, run lengths, masks.
 * @throws ClipSegError `invalid-image`, `aborted`
 */
export async function decodeBmp(
  bytes: Buffer,
  name: string,
  limits: Limits,
  checkSize: (size: { width: number; height: number }) => void,
): Promise<RawImage> {
  try {
    const header = bmpHeader(bytes);
    const { width, height } = header;
    checkSize(header);
    // Refuse a truncated file before allocating memory for its pixels.
    const data = new Uint8Array(0);
    rowsOf(bytes, header, data);
    const pixels = new Uint8Array(width * height * 3);
    await run(rowsOf(bytes, header, pixels), width, name, limits);
    return { width, height, channels: 3, data: pixels };
  } catch (cause) {
    if (!(cause instanceof BmpError)) throw cause;
    throw invalid(`${name} (BMP) cannot be decoded as an image: ${cause.message}.`, cause);
  }
}
