import { encodeModel, Graph, ops } from '@clipseg/convert/onnx';
import { decodeImage, ortNode, type RawImage } from '@clipseg/node';
import sharp from 'sharp';
import { mutateBytes } from '../generators/bytes.js';
import { pngBytes } from '../generators/png.js';
import { promise, target } from '../target.js';

const PIXELS = Buffer.from(Array.from({ length: 12 * 9 * 3 }, (_, i) => (i * 37) & 255));
const picture = () => sharp(PIXELS, { raw: { width: 12, height: 9, channels: 3 } });

/** Small pictures of the formats that are read; BMP is written by hand, since sharp does not. */
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

function bmp(): Uint8Array {
  const file = Buffer.alloc(54 + 4 * 12);
  file.write('BM');
  for (const [at, value] of [
    [2, file.length],
    [10, 54],
    [14, 40],
    [18, 4],
    [22, 3],
    [34, 48],
  ] as const) {
    file.writeUInt32LE(value, at);
  }
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  return new Uint8Array(file);
}

const PICTURES = await samples();
const SVG = new TextEncoder().encode(
  '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="3" height="2"/></svg>',
);

/** A small graph as the converter writes them. */
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
/** On the first input: a session has threads. */
let backend: ReturnType<typeof ortNode> | undefined;

const sizeFits = ({ width, height, channels, data }: RawImage): void =>
  promise(data.length === width * height * channels, 'size and data');

export const imageTargets = [
  target({
    name: 'pictures',
    covers: ['node/src/decode-image.ts', 'core/src/raw-image.ts'],
    weight: 0.3,
    input: (random) =>
      random.chance(0.3)
        ? pngBytes(random, PICTURES)
        : mutateBytes(random, random.chance(0.97) ? PICTURES : [SVG]),
    run: async (bytes) => sizeFits(await decodeImage(bytes)),
  }),
  target({
    name: 'ONNX graphs',
    covers: ['core/src/ort/index.ts', 'node/src/backend.ts'],
    weight: 0.02,
    input: (random) => mutateBytes(random, GRAPHS),
    async run(bytes) {
      backend ??= ortNode({ threads: 1 });
      const session = await backend.createSession(bytes);
      await session.dispose();
    },
  }),
];
