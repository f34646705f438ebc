import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert } from '@clipseg/convert';
import { createClipSeg } from '@clipseg/node';
import type { Verify } from '@clipseg/node/model';
import { ortNode } from '@clipseg/node/ort';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { isIntact, SMALL_BYTES } from '../src/cache/verify.js';
import { gitOid, sha256 } from './support/hub-server.js';

const checkpoint = fileURLToPath(
  new URL('../../../fixtures/checkpoints/tiny-refined', import.meta.url),
);
let model: string;
let folder: string;
beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), 'clipseg-verify-model-'));
  await convert({ checkpoint, output: model, backend: ortNode() });
});
afterAll(() => rm(model, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-verify-'));
  vi.stubEnv('CLIPSEG_CACHE', join(folder, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const grey = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) } as const;
async function run(path: string, verify?: Verify): Promise<number> {
  const clipSeg = await createClipSeg({ model: path, verify });
  try {
    const { segments } = await clipSeg.segment(grey, 'a cat');
    return segments[0]?.logits[0] ?? Number.NaN;
  } finally {
    await clipSeg.dispose();
  }
}

/** Changes one byte, keeping size and time; returns a function that undoes it. */
async function damage(file: string): Promise<() => Promise<void>> {
  const path = join(model, file);
  const [bytes, { atime, mtime }] = [await readFile(path), await stat(path)];
  const changed = Buffer.from(bytes);
  changed[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
  await writeFile(path, changed);
  await utimes(path, atime, mtime);
  return () => writeFile(path, bytes);
}

it.each(['decoder.onnx', 'vision_encoder.onnx', 'vocab.json', 'position_embedding.bin'])(
  'a changed %s is refused, unless verify is never',
  async (file) => {
    const right = await run(model);
    const undo = await damage(file);
    try {
      for (const verify of [undefined, 'once', 'always'] as const) {
        const error = { code: 'invalid-model', message: expect.stringContaining(file) };
        await expect(run(model, verify)).rejects.toMatchObject(error);
      }
      const trusted = await run(model, 'never').catch(({ code }) => code);
      expect(trusted).not.toBe('invalid-model');
    } finally {
      await undo();
    }
    expect(await run(model)).toBe(right);
  },
);

it('verify must be one of three words', async () => {
  await expect(run(model, 'sometimes' as Verify)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/^verify is "sometimes"; choose/),
  });
});

it.each([
  ['sha256', sha256],
  ['git', gitOid],
])('a large file is read once, and again when it changes (%s)', async (_, oidOf) => {
  const path = join(folder, 'large');
  const bytes = Buffer.alloc(SMALL_BYTES + 1, 'x');
  await writeFile(path, bytes);
  const oid = oidOf(bytes);
  const memory = join(folder, 'memory');
  const check = (verify: Verify) => isIntact(path, oid, bytes.length, { verify, memory });
  expect(await check('once')).toBe(true);
  const [remembered] = await readdir(memory);
  expect(remembered).toMatch(/^[0-9a-f]{32}$/);
  // A changed content with the same fingerprint cannot be made here, so the fingerprint changes
  // too.
  bytes[5] = 0;
  await writeFile(path, bytes);
  expect(await check('never')).toBe(true);
  expect(await check('once')).toBe(false);
  expect(await check('always')).toBe(false);
  expect(await readdir(memory)).toEqual([remembered]);
});

it('a record of verified files that is not writable is ignored', async () => {
  await writeFile(join(folder, 'cache'), 'a file where the folder should be');
  expect(await run(model)).toEqual(expect.any(Number));
  await rm(join(folder, 'cache'));
  await chmod(folder, 0o500);
  expect(await run(model, 'once')).toEqual(expect.any(Number));
  await chmod(folder, 0o700);
});

it('a damaged conversion in the cache is made again', async () => {
  const cache = join(folder, 'cache');
  const right = await run(checkpoint);
  const [key = ''] = await readdir(cache);
  for (const [file, content] of [
    ['decoder.onnx', undefined],
    ['vocab.json', '{}'],
    ['clipseg.json', '{"formatVersion":'],
  ] as const) {
    const path = join(cache, key, file);
    if (content === undefined) await rm(path);
    else await writeFile(path, content);
    expect(await run(checkpoint)).toBe(right);
    expect(await readdir(cache)).toEqual([key]);
  }
});

it('the embedded model is checked on request', async () => {
  const clipSeg = await createClipSeg({ verify: 'always' });
  await clipSeg.segment(grey, 'a cat');
  await clipSeg.dispose();
});
