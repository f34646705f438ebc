import { truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { damaged, failure, fuzz, readAll, temporaryFolder } from '../../test/support/files.js';
import { openSafetensors } from './safetensors.js';
import type { WeightDtype } from './weights.js';
import { type TensorToWrite, writeSafetensors } from './write-safetensors.js';

const folder = temporaryFolder();

/** Makes a file from a header, as text or as an object, and a number of bytes of data. */
function file(header: unknown, dataBytes = 0, length?: bigint): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(json.length));
  const data = Buffer.from(Array.from({ length: dataBytes }, (_, i) => i));
  return Buffer.concat([prefix, json, data]);
}
async function refused(bytes: Uint8Array): Promise<string> {
  const path = folder.path('hostile.safetensors');
  await writeFile(path, bytes);
  const error = await failure(openSafetensors(path));
  expect(error.code).toBe('invalid-checkpoint');
  expect(error.message).toContain(path);
  return error.message;
}
const tensor = (shape: unknown, offsets: unknown, dtype: unknown = 'U8') => ({
  dtype,
  shape,
  data_offsets: offsets,
});

const tensors: TensorToWrite[] = (
  [
    ['float', 'F32', [2, 2]],
    ['half', 'F16', [3]],
    ['brain', 'BF16', [1, 2]],
    ['scalar', 'F64', []],
    ['none', 'I64', [0, 5]],
    ['ключ', 'U8', [7]],
    ['__proto__', 'BOOL', [1]],
  ] as [string, WeightDtype, number[]][]
).map(([name, dtype, shape], i) => {
  const bytes = [16, 6, 4, 8, 0, 7, 1][i]!;
  const data = Uint8Array.from({ length: bytes }, (_, j) => 16 * i + j);
  return { name, dtype, shape, read: () => data };
});

describe('safetensors', () => {
  test('reads back what was written', async () => {
    const path = folder.path('round.safetensors');
    const { size } = await writeSafetensors(path, tensors);
    expect(size % 1).toBe(0);
    const weights = await openSafetensors(path);
    expect(weights.names).toEqual(tensors.map(({ name }) => name));
    const all = await readAll(weights);
    for (const { name, dtype, shape, read } of tensors) {
      const actual = Object.getOwnPropertyDescriptor(all, name)?.value ?? {
        dtype: 'BOOL',
        shape: [1],
      };
      expect([actual.dtype, actual.shape]).toEqual([dtype, shape]);
      expect(await weights.get(name).read()).toEqual(read());
    }
    await weights.close();
    expect((await failure(weights.get('float').read())).code).toBe('disposed');
  });

  test('reads a file written by hand', async () => {
    const path = folder.path('hand.safetensors');
    const header = {
      __metadata__: { a: 'b' },
      x: tensor([2], [2, 4]),
      y: tensor([1], [0, 2], 'F16'),
    };
    await writeFile(path, file(header, 4));
    const weights = await openSafetensors(path);
    expect(await weights.get('x').read()).toEqual(Uint8Array.of(2, 3));
    expect(await weights.get('y').read()).toEqual(Uint8Array.of(0, 1));
    await weights.close();
  });

  test('reads only the header when opening, and only the bytes of one tensor', async () => {
    const path = folder.path('sparse.safetensors');
    const large = 5 * 2 ** 30; // more than a buffer can hold, or a disk has for a test
    const header = { large: tensor([large], [0, large]), last: tensor([4], [large, large + 4]) };
    const bytes = file(header);
    await writeFile(path, bytes);
    await truncate(path, bytes.length + large);
    await writeFile(path, Uint8Array.of(1, 2, 3, 4), { flag: 'a' });
    const weights = await openSafetensors(path);
    expect(await weights.get('last').read()).toEqual(Uint8Array.of(1, 2, 3, 4));
    const reason = new Error('enough');
    const aborted = weights.get('last').read({ signal: AbortSignal.abort(reason) });
    expect(await failure(aborted)).toMatchObject({ code: 'aborted', cause: reason });
    await weights.close();
  });

  test('the writer refuses what no reader would accept', async () => {
    const path = folder.path('never.safetensors');
    const one = tensors[1]!;
    const short = { ...one, read: () => new Uint8Array(5) };
    expect((await failure(writeSafetensors(path, [short]))).message).toMatch(/5 bytes.*needs 6/);
    const twice = await failure(Promise.resolve().then(() => writeSafetensors(path, [one, one])));
    expect(twice).toMatchObject({ code: 'invalid-argument' });
    expect((await failure(openSafetensors(path))).code).toBe('not-found');
  });
});

describe('hostile or damaged safetensors', () => {
  const good = { x: tensor([2], [0, 2]), y: tensor([2], [2, 4]) };
  test.each<[string, Uint8Array, RegExp]>([
    ['0 bytes', new Uint8Array(), /it has 0 bytes/],
    ['7 bytes', new Uint8Array(7), /it has 7 bytes/],
    ['header beyond the file', file(good, 4, 1000n), /claims 1000 bytes/],
    ['header of 2^63', file(good, 4, 2n ** 63n), /claims 92233/],
    ['not JSON', file('{"x":', 4), /not JSON/],
    ['not UTF-8', file(good, 4).fill(0xff, 10, 12), /not JSON/],
    ['a list', file('[1]'), /not a JSON object/],
    ['null', file('null'), /not a JSON object/],
    ['a name twice', file('{"x":1,"\\u0078":2}'), /key "x" twice/],
    ['a field twice', file('{"x":{"dtype":"U8","dtype":"F32"}}'), /key "dtype" twice/],
    ['not an object', file({ x: 5 }), /"x" is not described by an object/],
    ['null entry', file({ x: null }), /"x" is not described by an object/],
    ['unknown dtype', file({ x: tensor([1], [0, 1], 'U4') }, 1), /unknown dtype "U4"/],
    ['inherited dtype', file({ x: tensor([1], [0, 1], 'toString') }, 1), /unknown dtype/],
    ['negative shape', file({ x: tensor([-1, -2], [0, 2]) }, 2), /no valid shape/],
    ['fractional shape', file({ x: tensor([1.5], [0, 1]) }, 1), /no valid shape/],
    ['no shape', file({ x: tensor('2', [0, 2]) }, 2), /no valid shape/],
    ['overflow', file({ x: tensor([2 ** 50, 2 ** 50, 0], [0, 0]) }), /too large for any file/],
    ['three offsets', file({ x: tensor([2], [0, 1, 2]) }, 2), /no valid data_offsets/],
    ['negative offset', file({ x: tensor([2], [-2, 0]) }, 2), /no valid data_offsets/],
    ['reversed', file({ x: tensor([2], [2, 0]) }, 2), /has -2 bytes/],
    ['wrong size', file({ x: tensor([3], [0, 2]) }, 2), /has 2 bytes, its shape needs 3/],
    ['overlap', file({ ...good, y: tensor([2], [1, 3]) }, 3), /"y" overlaps/],
    ['gap', file({ ...good, y: tensor([2], [3, 5]) }, 5), /1 unused bytes before "y"/],
    ['beyond the end', file(good, 3), /truncated: it has 3 of 4 bytes/],
    ['trailing bytes', file(good, 6), /2 unused bytes after the last tensor/],
  ])('%s', async (_, bytes, message) => {
    expect(await refused(bytes)).toMatch(message);
  });

  test('a header above 100 MB is not read', async () => {
    const path = folder.path('header.safetensors');
    await writeFile(path, file('', 0, 200_000_000n));
    await truncate(path, 300_000_000);
    expect((await failure(openSafetensors(path))).message).toMatch(/more than 100000000/);
  });

  test('a folder, and a missing file', async () => {
    expect((await failure(openSafetensors(folder.path('')))).code).toBe('not-found');
    expect((await failure(openSafetensors(folder.path('no')))).code).toBe('not-found');
    expect((await failure(openSafetensors(folder.path('a\0b')))).code).toBe('io');
  });

  test('refuses or tolerates damage anywhere', async () => {
    const path = folder.path('small.safetensors');
    await writeSafetensors(path, tensors);
    const weights = await openSafetensors(path);
    await weights.close();
    const { readFile } = await import('node:fs/promises');
    const files = damaged(new Uint8Array(await readFile(path)));
    const counts = await fuzz(folder.path('fuzz.safetensors'), openSafetensors, files, 400);
    expect(counts.refused).toBeGreaterThan(100);
  });
});
