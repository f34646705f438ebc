import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../src/lock.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-lock-'));
  path = join(folder, 'deep/lock');
});
afterEach(() => rm(folder, { recursive: true }));

it('lets one in at a time, also after a failure, and leaves nothing', async () => {
  let inside = 0;
  const work = (fail: boolean) =>
    withLock(path, async () => {
      expect(++inside).toBe(1);
      await sleep(20);
      inside--;
      if (fail) throw new Error('on purpose');
    });
  const results = await Promise.allSettled([true, false, true, false].map(work));
  expect(results.map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

it('takes over from a process that died', async () => {
  await mkdir(path, { recursive: true });
  await utimes(path, new Date(0), new Date(0));
  expect(await withLock(path, async () => 'in')).toBe('in');
});

it('gives up at an abort', async () => {
  await mkdir(path, { recursive: true });
  const call = withLock(path, async () => 'in', { signal: AbortSignal.timeout(50) });
  await expect(call).rejects.toThrow(/abort/i);
});
