import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '@clipseg/convert';
import { ClipSegError } from '@clipseg/core';

// Folders below the cache folder. A folder that is a link is refused, wherever it leads.

/** Returns the status of the path itself, not of a link's target; undefined if missing. */
export const stateOf = (path: string) => lstat(path).catch((error) => missing(error));
export function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

async function checkFolder(path: string): Promise<boolean> {
  const info = await stateOf(path);
  if (!info) return false;
  if (info.isDirectory()) return true;
  const what = info.isSymbolicLink() ? 'a link' : 'not a folder';
  throw new ClipSegError(
    'io',
    `${path} is ${what}, which the cache does not allow. Remove it. To move the cache, set ` +
      'HF_HUB_CACHE.',
  );
}

/** Returns a folder below the cache folder; creates it if it is missing. */
export async function makeFolder(root: string, parts: readonly string[]): Promise<string> {
  await makeFolders(root);
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    if (await checkFolder(path)) continue;
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // another process was faster
    });
    await checkFolder(path);
  }
  return path;
}

/** Returns a folder below the cache folder; undefined if it is missing. */
export async function findFolder(
  root: string,
  parts: readonly string[],
): Promise<string | undefined> {
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    if (!(await checkFolder(path))) return undefined;
  }
  return path;
}
