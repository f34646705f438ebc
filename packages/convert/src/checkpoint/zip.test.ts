import { copyFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ClipSegError } from '@clipseg/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure, readAll, temporaryFolder } from '../../test/support/files.js';
import { type TorchTensorData, torchFile } from '../../test/support/torch-file.js';
import { openTorch } from './torch.js';

const folder = temporaryFolder();
const data = new Uint8Array(Float32Array.of(1, 2).buffer);
const tensor: TorchTensorData = { dtype: 'F32', shape: [2], data };
const bytes = new Uint8Array(torchFile({ a: tensor })); // a Buffer would share its slices
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Field {
  readonly name: string;
  readonly at: number;
  readonly length: number;
}

/** Lists fields of consecutive lengths, from `at`. */
function fields(record: string, at: number, lengths: readonly number[]): Field[] {
  let next = at;
  return lengths.map((length) => {
    next += length;
    return { name: `${record}+${next - length - at}`, at: next - length, length };
  });
}

/** Lists every field of every record in the file. */
function allFields(): Field[] {
  const end = bytes.length - 22;
  const large = end - 20 - 56;
  const list = [
    ...fields('end', end, [4, 2, 2, 2, 2, 4, 4, 2]),
    ...fields('locator', end - 20, [4, 4, 8, 4]),
    ...fields('large end', large, [4, 8, 2, 2, 4, 4, 8, 8, 8, 8]),
  ];
  let at = Number(view.getBigUint64(large + 48, true));
  while (at < large) {
    const central = [4, 2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4, 1];
    list.push(...fields(`directory at ${at}`, at, central));
    const local = view.getUint32(at + 42, true);
    list.push(...fields(`entry at ${local}`, local, [4, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 1]));
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true);
  }
  return list;
}

const everyField = allFields();

function valuesOf({ at, length }: Field): bigint[] {
  const full = 2n ** BigInt(8 * length) - 1n;
  let now = 0n;
  for (let i = length - 1; i >= 0; i--) now = now * 256n + BigInt(bytes[at + i]!);
  const size = BigInt(bytes.length);
  const all = [0n, 1n, full, full / 2n + 1n, full - 719n, size, size - 1n, now - 1n, now + 1n];
  return [...new Set(all)].filter((value) => value >= 0n && value <= full && value !== now);
}

function changed(changes: readonly (readonly [Field, bigint])[]): Uint8Array {
  const copy = bytes.slice();
  for (const [{ at, length }, value] of changes) {
    for (let i = 0; i < length; i++) copy[at + i] = Number((value >> BigInt(8 * i)) & 255n);
  }
  return copy;
}

/** Tells whether the file opens with the same tensors; any error must be `invalid-checkpoint`. */
async function opens(content: Uint8Array): Promise<boolean> {
  const path = folder.path('changed.bin');
  await writeFile(path, content);
  try {
    const weights = await openTorch(path);
    const all = await readAll(weights).finally(() => weights.close());
    expect(Object.keys(all)).toEqual(['a']);
    expect(all.a?.data.byteLength).toBe(8);
    return true;
  } catch (error) {
    if (!ClipSegError.isInstance(error)) throw error;
    expect([error.code, error.message]).toEqual([
      'invalid-checkpoint',
      expect.stringContaining(path),
    ]);
    return false;
  }
}

describe('a zip', () => {
  test('with a zip64 offset before its start is refused without a crash', async () => {
    const path = folder.path('pytorch_model.bin');
    const hostile = new URL('../../../../fixtures/hostile/zip64-offset.bin', import.meta.url);
    await copyFile(fileURLToPath(hostile), path);
    const error = await failure(openTorch(path));
    expect([error.code, error.message]).toEqual([
      'invalid-checkpoint',
      expect.stringMatching(/zip64 record is out of bounds/),
    ]);
  });

  test('with any field of any record changed is refused, or read unchanged', async () => {
    expect(await opens(bytes)).toBe(true);
    expect(everyField.length).toBeGreaterThan(90);
    let refused = 0;
    for (const field of everyField) {
      for (const value of valuesOf(field)) {
        if (!(await opens(changed([[field, value]])))) refused++;
      }
    }
    expect(refused).toBeGreaterThan(400);
  });

  test('with several fields changed is refused, or read unchanged', async () => {
    const one = fc
      .constantFrom(...everyField)
      .chain((field) => fc.constantFrom(...valuesOf(field)).map((v) => [field, v] as const));
    const several = fc.array(one, { minLength: 2, maxLength: 4 });
    const check = async (changes: readonly (readonly [Field, bigint])[]) => {
      await opens(changed(changes));
    };
    await fc.assert(fc.asyncProperty(several, check), { numRuns: 500, seed: 7 });
  });

  const set = (record: string, offset: number, value: bigint): [Field, bigint][] =>
    everyField.filter(({ name }) => name === `${record}+${offset}`).map((field) => [field, value]);
  const inDirectory = (offset: number, value: bigint): [Field, bigint][] =>
    everyField
      .filter(({ name }) => name.startsWith('directory') && name.endsWith(`+${offset}`))
      .map((field) => [field, value]);
  test.each([
    ['encrypted', inDirectory(8, 1n), /is encrypted/],
    ['strongly encrypted', inDirectory(8, 0x40n), /is encrypted/],
    ['with a hidden directory', inDirectory(8, 0x2000n), /is encrypted/],
    ['deflated', inDirectory(10, 8n), /is compressed/],
    ['with two different sizes', inDirectory(24, 1n), /two different sizes/],
    ['with a missing comment', set('end', 20, 9n), /no end record/],
    ['with several parts', set('end', 4, 1n), /several parts/],
    ['with 2^63 entries', set('large end', 32, 2n ** 63n), /contradict/],
    ['with a directory of 2^40 bytes', set('large end', 40, 2n ** 40n), /contradict/],
    ['with all entries at 0', inDirectory(42, 0n), /overlap|is not at the offset/],
    ['without its zip64 offset', inDirectory(42, 0xffffffffn), /damaged/],
  ] as const)('%s is refused', async (_, changes, message) => {
    expect(changes.length).toBeGreaterThan(0);
    const path = folder.path('named.bin');
    await writeFile(path, changed(changes));
    const error = await failure(openTorch(path));
    expect([error.code, error.message]).toEqual([
      'invalid-checkpoint',
      expect.stringMatching(message),
    ]);
  });
});
