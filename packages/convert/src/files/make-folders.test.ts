import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolders } from './make-folders.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-folders-'));
});
afterEach(() => rm(folder, { recursive: true }));

const isFolder = async (path: string) => (await stat(path)).isDirectory();

it('creates all missing folders, also concurrently and repeatedly', async () => {
  const path = join(folder, 'a/b/c');
  await Promise.all([makeFolders(path), makeFolders(path)]);
  await makeFolders(path);
  expect(await isFolder(path)).toBe(true);
});

it('follows a link to a folder, and refuses a dangling link and a file', async () => {
  await symlink(folder, join(folder, 'link'));
  await makeFolders(join(folder, 'link/inner'));
  expect(await isFolder(join(folder, 'inner'))).toBe(true);
  await symlink(join(folder, 'gone'), join(folder, 'broken'));
  await expect(makeFolders(join(folder, 'broken'))).rejects.toMatchObject({ code: 'EEXIST' });
  await writeFile(join(folder, 'file'), '');
  await expect(makeFolders(join(folder, 'file/inner'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

// Node's `mkdir` with `recursive` never returns here.
it.skipIf(process.platform !== 'linux')('fails where nothing can be created', async () => {
  await expect(makeFolders('/proc/clipseg')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(makeFolders('/proc/clipseg/deep')).rejects.toMatchObject({ code: 'ENOENT' });
});
