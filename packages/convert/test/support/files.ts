import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClipSegError } from '@clipseg/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Weights } from '../../src/checkpoint/weights.js';
import type { TorchTensorData } from './torch-file.js';

export const fixtures = fileURLToPath(
  new URL('../../../../fixtures/checkpoints/', import.meta.url),
);
export const torchMade = fileURLToPath(new URL('../data/', import.meta.url));

/** Creates a folder for the tests of one file. */
export function temporaryFolder(): { path: (name: string) => string } {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipseg-checkpoint-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}

export async function readAll(weights: Weights): Promise<Record<string, TorchTensorData>> {
  const all: Record<string, TorchTensorData> = {};
  for (const name of weights.names) {
    const { dtype, shape, ...weight } = weights.get(name);
    all[name] = { dtype, shape, data: await weight.read() };
  }
  return all;
}

/** Expects the same names, types, shapes and bytes. */
export async function expectSame(actual: Weights, expected: Weights): Promise<void> {
  expect(actual.names.toSorted()).toEqual(expected.names.toSorted());
  for (const name of expected.names) {
    const [a, b] = [actual.get(name), expected.get(name)];
    expect([name, a.dtype, a.shape]).toEqual([name, b.dtype, b.shape]);
    expect(Buffer.compare(await a.read(), await b.read()), name).toBe(0);
  }
}

export async function failure(promise: Promise<unknown>): Promise<ClipSegError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ClipSegError.isInstance(error)) throw new Error('no ClipSegError', { cause: error });
  return error;
}

/** Truncates `bytes`, changes some of them, or both. */
export function damaged(bytes: Uint8Array, within = bytes.length): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(within - 1);
  const changes = fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 4 });
  const length = fc.oneof(
    { weight: 3, arbitrary: fc.constant(bytes.length) },
    fc.nat(bytes.length),
  );
  return fc.tuple(changes, length).map(([list, end]) => {
    const copy = bytes.slice();
    for (const [index, value] of list) copy[index] = value;
    return copy.subarray(0, end);
  });
}

/** Reads damaged copies of a file: each works or fails with `invalid-checkpoint`. */
export async function fuzz(
  path: string,
  open: (path: string) => Promise<Weights>,
  files: fc.Arbitrary<Uint8Array>,
  numRuns: number,
): Promise<{ opened: number; refused: number }> {
  const counts = { opened: 0, refused: 0 };
  const check = async (bytes: Uint8Array) => {
    await writeFile(path, bytes);
    try {
      const weights = await open(path);
      await readAll(weights).finally(() => weights.close());
      counts.opened++;
    } catch (error) {
      expect(ClipSegError.isInstance(error), String((error as Error)?.stack)).toBe(true);
      expect((error as ClipSegError).code).toBe('invalid-checkpoint');
      expect((error as ClipSegError).message).toContain(path);
      counts.refused++;
    }
  };
  await fc.assert(fc.asyncProperty(files, check), { numRuns, seed: 7 });
  return counts;
}
