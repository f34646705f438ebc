import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '@clipseg/convert';
import { ClipSegError } from '@clipseg/core';

// Folders below the cache's own. One that is a link is refused, wherever it leads.

/** Of the path itself, not of what a link leads to; undefined where nothing is. */
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
    `${path} is ${what}; nothing is read or written through it. Remove it. To keep the cache ` +
      'elsewhere, set HF_HUB_CACHE.',
  );
}

/** A folder below the cache's own, made where it is missing. */
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

/** The same for reading: undefined where there is none. */
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
