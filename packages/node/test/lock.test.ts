import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../src/cache/lock.js';
import { thisProcess } from '../src/cache/process-owner.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-lock-'));
  path = join(folder, 'deep/lock');
});
afterEach(() => rm(folder, { recursive: true }));

it('runs one call at a time, also after a failure, and leaves no files', async () => {
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

it('names its process while it is held, and tells whom it waits for', async () => {
  const waits: (number | undefined)[] = [];
  const first = withLock(path, async () => {
    expect(await readdir(path)).toEqual([thisProcess()]);
    while (waits.length === 0) await sleep(10);
  });
  while (!existsSync(path)) await sleep(5);
  await withLock(path, async () => {}, { onWait: (pid) => waits.push(pid) });
  await first;
  expect(waits).toEqual([process.pid]);
});

it('takes over at once from a dead process on this machine', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const owner = thisProcess().replace(/^\d+-\d+/, `${pid}-12345`);
  await mkdir(join(path, '..'), { recursive: true });
  for (const folder of [path, `${path}.${owner}.left-over`]) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, owner), '');
  }
  expect(await withLock(path, async () => 'in')).toBe('in');
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

it('waits for a live process, however long ago it touched the lock', async () => {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, thisProcess()), '');
  await utimes(path, new Date(0), new Date(0));
  const call = withLock(path, async () => 'in', { signal: AbortSignal.timeout(150) });
  if (process.platform === 'linux') await expect(call).rejects.toThrow(/abort/i);
  else await call;
});

it('stops waiting on abort', async () => {
  await mkdir(path, { recursive: true });
  const call = withLock(path, async () => 'in', { signal: AbortSignal.timeout(50) });
  await expect(call).rejects.toThrow(/abort/i);
});
