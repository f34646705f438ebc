export interface Bmp {
  readonly file: Buffer;
  /** RGB, top row first. */
  readonly pixels: readonly number[];
}

interface Parts {
  readonly width?: number;
  readonly height?: number;
  readonly bits: number;
  readonly compression?: number;
  readonly size?: number;
  readonly colors?: number;
  /** Bytes after the header: masks, palette. */
  readonly extra?: readonly number[];
  /** Masks in a header of 52 bytes or more. */
  readonly masks?: readonly number[];
  readonly gap?: number;
  readonly data: readonly number[];
}

function file(parts: Parts): Buffer {
  const { width = 2, height = 2, bits, compression = 0, size = 40, colors = 0 } = parts;
  const { extra = [], masks = [], gap = 0, data } = parts;
  const header = Buffer.alloc(14 + size);
  header.write('BM');
  header.writeUInt32LE(14 + size + extra.length + gap, 10);
  header.writeUInt32LE(size, 14);
  if (size === 12) {
    for (const [i, value] of [width, height, 1, bits].entries())
      header.writeUInt16LE(value, 18 + 2 * i);
  } else {
    header.writeInt32LE(width, 18);
    header.writeInt32LE(height, 22);
    header.writeUInt16LE(1, 26);
    header.writeUInt16LE(bits, 28);
    header.writeUInt32LE(compression, 30);
    header.writeUInt32LE(colors, 46);
    for (const [i, mask] of masks.entries()) header.writeUInt32LE(mask, 54 + 4 * i);
  }
  return Buffer.concat([header, Buffer.from([...extra, ...Array(gap).fill(0xee), ...data])]);
}

const long = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return [...bytes];
};
const [R, G, B, W, K] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
] as const;
/** Palette of red, green, blue and white, in the order blue, green, red, 0. */
const palette = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0];
const palette3 = [0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255];
const pad3 = (list: readonly number[], count: number) => [
  ...list,
  ...Array(3 * count - list.length).fill(0),
];
const square = [...R, ...G, ...B, ...W];
const [low, high] = [
  [2, 3, 0, 0],
  [0, 1, 0, 0],
];
const rows24 = [255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0];
const indexed = { colors: 4, extra: palette };
const v4 = { size: 108, bits: 32, compression: 3, masks: [0xff0000, 0xff00, 0xff, 0xff000000] };
const words32 = long(0xff0000ff, 0xffffffff, 0xffff0000, 0xff00ff00);

const right: Record<string, Bmp> = {
  '1 bit': {
    file: file({
      bits: 1,
      extra: palette.slice(0, 8),
      colors: 2,
      data: [0x40, 0, 0, 0, 0x80, 0, 0, 0],
    }),
    pixels: [...G, ...R, ...R, ...G],
  },
  '4 bits': {
    file: file({ bits: 4, ...indexed, data: [0x23, 0, 0, 0, 0x01, 0, 0, 0] }),
    pixels: square,
  },
  '8 bits': { file: file({ bits: 8, ...indexed, data: [...low, ...high] }), pixels: square },
  'top down': {
    file: file({ height: -2, bits: 8, ...indexed, data: [...high, ...low] }),
    pixels: square,
  },
  'a gap before the pixels': {
    file: file({ bits: 8, ...indexed, gap: 7, data: [...low, ...high] }),
    pixels: square,
  },
  'an index beyond the palette is black': {
    file: file({ bits: 8, ...indexed, data: [2, 200, 0, 0, ...high] }),
    pixels: [...R, ...G, ...B, ...K],
  },
  'RLE8, with a jump and an end of line': {
    file: file({ bits: 8, compression: 1, ...indexed, data: [1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1] }),
    pixels: square,
  },
  'RLE8 in absolute mode': {
    file: file({
      width: 3,
      height: 1,
      bits: 8,
      compression: 1,
      ...indexed,
      data: [0, 3, 0, 1, 2, 0, 0, 1],
    }),
    pixels: [...R, ...G, ...B],
  },
  RLE4: {
    file: file({ bits: 4, compression: 2, ...indexed, data: [2, 0x23, 0, 0, 2, 0x01, 0, 1] }),
    pixels: square,
  },
  'RLE8: what no run reaches is white': {
    file: file({ bits: 8, compression: 1, ...indexed, data: [0, 2, 1, 1, 1, 0, 0, 1] }),
    pixels: [...W, ...R, ...W, ...W],
  },
  '16 bits, 555': {
    file: file({ bits: 16, data: [0x1f, 0, 0xff, 0x7f, 0, 0x7c, 0xe0, 0x03] }),
    pixels: square,
  },
  '16 bits, 565': {
    file: file({
      bits: 16,
      compression: 3,
      extra: long(0xf800, 0x7e0, 0x1f),
      data: [0x1f, 0, 0xff, 0xff, 0, 0xf8, 0xe0, 0x07],
    }),
    pixels: square,
  },
  '24 bits': { file: file({ bits: 24, data: rows24 }), pixels: square },
  '32 bits: the fourth byte is nothing': {
    file: file({ bits: 32, data: long(0xff, 0xffffff, 0x12ff0000, 0xff00) }),
    pixels: square,
  },
  'V4 with alpha': { file: file({ ...v4, data: words32 }), pixels: square },
  'V5 with alpha': { file: file({ ...v4, size: 124, data: words32 }), pixels: square },
  'alpha of 0 over white': {
    file: file({ ...v4, data: long(0xff0000ff, 0x00ffffff, 0xffff0000, 0x0000ff00) }),
    pixels: [...R, ...W, ...B, ...W],
  },
  'alpha of 0 everywhere is opaque': {
    file: file({ ...v4, data: long(0xff, 0xffffff, 0xff0000, 0xff00) }),
    pixels: square,
  },
  'masks in another order': {
    file: file({
      bits: 32,
      compression: 3,
      extra: long(0xff, 0xff00, 0xff0000),
      data: long(0xff0000, 0xffffff, 0xff, 0xff00),
    }),
    pixels: square,
  },
  'OS/2, 8 bits': {
    file: file({ size: 12, bits: 8, extra: pad3(palette3, 256), data: [...low, ...high] }),
    pixels: square,
  },
  'OS/2, 24 bits': { file: file({ size: 12, bits: 24, data: rows24 }), pixels: square },
};

const wrong: Record<string, Buffer> = {
  'truncated pixels': file({ bits: 24, data: rows24.slice(0, 9) }),
  'many pixels of a short file': file({ width: 16000, height: 16000, bits: 24, data: rows24 }),
  'more pixels than any memory': file({ width: 2 ** 30, height: 2 ** 30, bits: 1, data: [] }),
  'a width of 0': file({ width: 0, bits: 24, data: rows24 }),
  'a negative width': file({ width: -2, bits: 24, data: rows24 }),
  'the lowest height': file({ height: -(2 ** 31), bits: 24, data: rows24 }),
  '2 bits': file({ bits: 2, data: rows24 }),
  'a PNG inside': file({ bits: 24, compression: 5, data: rows24 }),
  'top-down run lengths': file({
    height: -2,
    bits: 8,
    compression: 1,
    ...indexed,
    data: [0, 1],
  }),
  'runs without an end': file({ bits: 8, compression: 1, ...indexed, data: [1, 2] }),
  'a run that exceeds the image': file({
    bits: 8,
    compression: 1,
    ...indexed,
    data: [9, 2, 0, 1],
  }),
  'masks that overlap': file({ bits: 16, compression: 3, extra: long(255, 255, 0), data: rows24 }),
  'a mask with a gap': file({ bits: 16, compression: 3, extra: long(5, 0x30, 0xc0), data: rows24 }),
  'a header of unknown size': file({ size: 77, bits: 24, data: rows24 }),
};

export const bmp = { right, wrong };
