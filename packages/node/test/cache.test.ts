import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, statfs, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClipSeg } from '@clipseg/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { thisProcess } from '../src/cache/process-owner.js';

const model = fileURLToPath(new URL('../../../fixtures/checkpoints/tiny-refined', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async (cacheDir: string) => {
  const clipSeg = await createClipSeg({ model, cacheDir });
  await clipSeg.dispose();
};

it('a checkpoint is converted once, also for two concurrent calls', async () => {
  await Promise.all([open(folder), open(folder)]);
  expect(await readdir(folder)).toHaveLength(1);
  const stages: string[] = [];
  const clipSeg = await createClipSeg({
    model,
    cacheDir: folder,
    onProgress: ({ stage }) => stages.push(stage),
  });
  await clipSeg.dispose();
  expect(stages).toEqual([]);
});

it('leftovers of a killed process are removed after a day', async () => {
  const [old, young] = [`.tmp-${Date.now() - 1e9}-x`, `.tmp-${Date.now()}-y`];
  for (const name of [old, young]) await mkdir(join(folder, name));
  await utimes(folder, 0, 0);
  await open(folder);
  const left = await readdir(folder);
  expect(left).toContain(young);
  expect(left).not.toContain(old);
});

it('leftovers of a dead process are removed at once, those of a live one stay', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const owner = (other: string) => thisProcess().replace(/^\d+-\d+/, other);
  const name = (by: string) => `.tmp-${Date.now()}-${by}-${randomUUID()}`;
  // Process 1 is running and started before this test: the start time tells processes apart.
  const [dead, reused] = [name(owner(`${pid}-12345`)), name(owner('1-99999999999'))];
  const [alive, elsewhere] = [name(thisProcess()), name('1-1-0123456789ab')];
  await open(folder); // also if nothing has to be converted
  for (const one of [dead, reused, alive, elsewhere]) {
    await mkdir(join(folder, one));
    await writeFile(join(folder, one, 'clipseg.json'), '');
  }
  await open(folder);
  const left = await readdir(folder);
  expect(left).toEqual(expect.arrayContaining([alive, elsewhere]));
  expect(left).not.toContain(dead);
  if (process.platform === 'linux') expect(left).not.toContain(reused);
});

/** Mounts a small disk, if this process may. */
function mountDisk(path: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `needs the right to mount a small disk: ${(error as Error).message.split('\n')[0]}`;
  }
}

it('a full disk gives a clear error, and the cache stays usable', async ({ skip }) => {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const reason = mountDisk(disk);
  if (reason) {
    console.warn(`skipped: ${reason}`);
    skip(reason);
  }
  try {
    const { bavail, bsize } = await statfs(disk);
    await writeFile(join(disk, 'ballast'), new Uint8Array(bavail * bsize - 300_000));
    const error = await open(disk).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'io', message: /ENOSPC.*free some space/ });
    expect(await readdir(disk)).toEqual(['ballast']); // nothing half-written
    await rm(join(disk, 'ballast'));
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    await open(disk);
    expect(await readdir(disk)).toHaveLength(1);
  } finally {
    execFileSync('umount', [disk]);
  }
});

it('a cache that is not writable gives a clear error', async () => {
  await writeFile(join(folder, 'file'), '');
  const error = await open(join(folder, 'file')).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'io' });
});
