import { encodeModel, Graph, ops } from '@clipseg/convert/onnx';
import { decodeImage, type RawImage } from '@clipseg/node';
import { ortNode } from '@clipseg/node/ort';
import sharp from 'sharp';
import { mutateBytes, mutateText } from '../generators/bytes.js';
import { mutateValue } from '../generators/json.js';
import { pngBytes } from '../generators/png.js';
import { promise, target } from '../target.js';

const PIXELS = Buffer.from(Array.from({ length: 12 * 9 * 3 }, (_, i) => (i * 37) & 255));
const picture = () => sharp(PIXELS, { raw: { width: 12, height: 9, channels: 3 } });

/** Small images in the supported formats; BMP is written by hand, as sharp cannot. */
async function samples(): Promise<Uint8Array[]> {
  const made = await Promise.all([
    picture().jpeg().toBuffer(),
    picture().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    picture().toColourspace('cmyk').jpeg().toBuffer(),
    picture().webp().toBuffer(),
    picture().webp({ lossless: true }).toBuffer(),
    picture().gif().toBuffer(),
    picture().tiff({ compression: 'none' }).toBuffer(),
    picture().tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    picture().avif({ effort: 0 }).toBuffer(),
    picture().png().toBuffer(),
  ]);
  return [...made.map((bytes) => new Uint8Array(bytes)), bmp()];
}

/** Makes a BMP of 4 x 3 pixels with a palette of 256 colors. */
function bmp(bits = 24): Uint8Array {
  const file = Buffer.alloc(54 + 1024 + 4 * 12, bits);
  file.fill(0, 0, 54);
  file.write('BM');
  for (const [at, value] of [
    [2, file.length],
    [10, bits > 8 ? 54 : 1078],
    [14, 40],
    [18, 4],
    [22, 3],
    [34, 48],
  ] as const) {
    file.writeUInt32LE(value, at);
  }
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  return new Uint8Array(file);
}

const BITMAPS = [24, 8, 4, 1, 16, 32].map((bits) => bmp(bits));
export const PICTURES = await samples();
/** Limits of an application that accepts images from strangers (the default is 2^28 pixels). */
const LIMITS = { maxPixels: 2 ** 24, decodeTimeoutMs: 4000 };
const image = (file: string) => `node/src/image/${file}`;
const URLS = [
  `data:image/png;base64,${Buffer.from(PICTURES[9]!).toString('base64')}`,
  'data:image/bmp,BM%00%01',
  'file:///nowhere/a.png',
  'nowhere/a.png',
];
const SVGS = [
  '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="3" height="2"/></svg>',
  '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>&a;</text></svg>',
];
const WORDS = [
  '"',
  '<',
  '>',
  '/',
  '&',
  '&a;',
  '9999999',
  'e9',
  '-',
  '%',
  '\0',
  '😀',
  '<g>',
  'xlink:href="file:///etc/passwd"',
];
const SVG = new TextEncoder().encode(
  '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="3" height="2"/></svg>',
);

/** Makes a small graph like those of the converter. */
async function graphBytes(): Promise<Uint8Array> {
  const g = new Graph('fuzz');
  const weight = (name: string, dims: number[]) => {
    const bytes = new Uint8Array(4 * dims.reduce((product, side) => product * side, 1)).fill(61);
    const read = async () => bytes;
    return g.weight({ name, type: 'float32', dims, byteLength: bytes.length, read });
  };
  const x = g.input('x', 'float32', ['batch', 4, 6]);
  const normal = ops.layerNormalization(g, x, weight('s', [6]), weight('b', [6]), 1e-5);
  const y = ops.matMul(g, normal, weight('w', [6, 5]));
  g.output('y', ops.transpose(g, y, [0, 2, 1]));
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeModel(g)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
const GRAPHS = [await graphBytes()];
/** Created for the first input, as a session has threads. */
let backend: ReturnType<typeof ortNode> | undefined;

const sizeFits = ({ width, height, channels, data }: RawImage): void =>
  promise(data.length === width * height * channels, 'size and data');

export const imageTargets = [
  target({
    name: 'pictures',
    covers: [
      'node/src/image/decode-image.ts',
      'core/src/image/raw-image.ts',
      'core/src/image/picture-format.ts',
      ...['decode-bytes.ts', 'decode-with-sharp.ts', 'tiff-tags.ts'].map(image),
    ],
    weight: 0.7,
    input: (random) =>
      random.chance(0.3)
        ? pngBytes(random, PICTURES)
        : mutateBytes(random, random.chance(0.97) ? PICTURES : [SVG]),
    run: async (bytes) => sizeFits(await decodeImage(bytes, LIMITS)),
  }),
  target({
    name: 'bitmaps',
    covers: ['bmp.ts', 'bmp-header.ts'].map(image),
    input: (random) => mutateBytes(random, BITMAPS),
    run: async (bytes) => sizeFits(await decodeImage(bytes, LIMITS)),
  }),
  target({
    name: 'SVG pictures',
    covers: [image('svg.ts')],
    weight: 0.003, // each needs a process
    input: (random) => new TextEncoder().encode(mutateText(random, SVGS, WORDS)),
    run: async (bytes) => sizeFits(await decodeImage(bytes, { ...LIMITS, svg: true })),
  }),
  target({
    name: 'addresses and limits of pictures',
    covers: [
      'core/src/image/decode-limits.ts',
      ...['data-url.ts', 'options.ts', 'source.ts'].map(image),
    ],
    weight: 0.5,
    input: (random) =>
      [
        mutateText(random, URLS, [
          ',',
          ';',
          'base64',
          '%',
          '%00',
          '\0',
          '😀',
          '=',
          '/',
          'data:',
          '#',
        ]),
        random.chance(0.7) ? LIMITS : mutateValue(random, { ...LIMITS, svg: false, maxBytes: 1e6 }),
      ] as const,
    run: async ([url, limits]) => sizeFits(await decodeImage(url, limits as typeof LIMITS)),
  }),
  target({
    name: 'ONNX graphs',
    covers: ['core/src/ort/index.ts', 'node/src/native/ort-node.ts'],
    weight: 0.25,
    input: (random) => mutateBytes(random, GRAPHS),
    async run(bytes) {
      backend ??= ortNode({ threads: 1 });
      const session = await backend.createSession(bytes);
      try {
        const x = {
          type: 'float32',
          dims: [1, 4, 6],
          data: new Float32Array(24).fill(0.5),
        } as const;
        if (session.inputNames.join() === 'x') await session.run({ x });
      } finally {
        await session.dispose();
      }
    },
  }),
];
