import { crc32, deflateSync } from 'node:zlib';
import type { Random } from '../random.js';
import { mutateBytes } from './bytes.js';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const TYPES = [
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'tEXt',
  'zTXt',
  'iCCP',
  'eXIf',
  'acTL',
  'fcTL',
  'fdAT',
  'pHYs',
];

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([frame, body, sum]);
}

const side = (random: Random): number =>
  random.pick([0, 1, 2, 3, 7, 16, 64, 4096, 16384, 16385, 65535, 2 ** 31 - 1, 2 ** 32 - 1]);

/** Makes a PNG with correct checksums and arbitrary header, palette and pixels. */
function grammar(random: Random): Uint8Array {
  const header = Buffer.alloc(13);
  const small = random.chance(0.7);
  const [width, height] = small
    ? [random.from(1, 9), random.from(1, 9)]
    : [side(random), side(random)];
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = random.pick([1, 2, 4, 8, 16, 8, 8, 0, 3, 32]);
  header[9] = random.pick([0, 2, 3, 4, 6, 0, 3, 1, 7]);
  header[10] = random.chance(0.97) ? 0 : 1;
  header[11] = random.chance(0.97) ? 0 : 1;
  header[12] = random.pick([0, 0, 0, 0, 1, 2]);
  const rows = random.bytes(small && random.chance(0.5) ? height * (1 + width) : random.below(200));
  const packed = random.chance(0.9) ? deflateSync(rows) : mutateBytes(random, [deflateSync(rows)]);
  const chunks = [chunk('IHDR', header)];
  if (header[9] === 3 || random.chance(0.1))
    chunks.push(chunk('PLTE', random.bytes(random.pick([3, 6, 768, 5, 0]))));
  if (random.chance(0.3)) chunks.push(chunk(random.pick(TYPES), random.bytes(random.below(40))));
  if (random.chance(0.95)) chunks.push(chunk('IDAT', packed));
  if (random.chance(0.95)) chunks.push(chunk('IEND', new Uint8Array(0)));
  if (random.chance(0.05)) chunks.reverse();
  return Buffer.concat([SIGNATURE, ...chunks]);
}

/** Makes a PNG with an arbitrary structure, or a damaged one. */
export const pngBytes = (random: Random, samples: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(random.chance(0.6) ? grammar(random) : mutateBytes(random, samples));
