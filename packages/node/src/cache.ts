import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asIoError } from '@clipseg/convert';
import { MANIFEST_FILE } from '@clipseg/core';

/** Where converted models are kept: CLIPSEG_CACHE, or the platform's cache folder. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CLIPSEG_CACHE) return env.CLIPSEG_CACHE;
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'clipseg');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'clipseg');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'clipseg');
}

export const cacheKey = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);

/** Folders that a process killed in the middle may have left are removed after a day. */
const STALE_MS = 24 * 60 * 60 * 1000;

/**
 * The folder of `key`, made by `make` when it is not there. `make` writes into a temporary folder
 * that gets its name only when complete: several processes may do this at once, and a full disk
 * leaves the cache as it was.
 */
export async function cached(
  cacheFolder: string,
  key: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder, key);
  if (existsSync(join(folder, MANIFEST_FILE))) return folder;
  const temporary = join(cacheFolder, `.tmp-${Date.now()}-${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true });
    await removeStale(cacheFolder);
    await make(temporary);
    await rename(temporary, folder).catch(async (error) => {
      // Another process was faster: its folder is as good.
      if (!existsSync(join(folder, MANIFEST_FILE))) throw error;
      await rm(temporary, { recursive: true, force: true });
    });
    return folder;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // the first error counts
    throw asIoError(error, cacheFolder);
  }
}

async function removeStale(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const started = Number(/^\.tmp-(\d+)-/.exec(name)?.[1]);
    if (Date.now() - started > STALE_MS) {
      await rm(join(cacheFolder, name), { recursive: true, force: true });
    }
  }
}
