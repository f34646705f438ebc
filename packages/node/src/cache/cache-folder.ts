import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asIoError, makeFolders } from '@clipseg/convert';
import { MANIFEST_FILE } from '@clipseg/core';
import { homeFolder } from './home-folder.js';
import { ownerState, thisProcess } from './process-owner.js';

/** Where converted models are kept: CLIPSEG_CACHE, or the platform's cache folder. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CLIPSEG_CACHE) return env.CLIPSEG_CACHE;
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'clipseg');
  if (process.platform === 'darwin')
    return join(homeFolder('CLIPSEG_CACHE'), 'Library', 'Caches', 'clipseg');
  return join(env.XDG_CACHE_HOME || join(homeFolder('CLIPSEG_CACHE'), '.cache'), 'clipseg');
}

export const cacheKey = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);

/** Temporary folders whose process cannot be asked are removed after a day. */
const STALE_MS = 24 * 60 * 60 * 1000;

export interface CachedOptions {
  /** Whether a folder that is there can be used; one that cannot is made again. */
  readonly isWhole: (folder: string) => Promise<boolean>;
  /** Called with the folder when it has its name. */
  readonly onMade?: (folder: string) => Promise<void>;
}

/**
 * The folder of `key`, made by `make` when it is not there. `make` writes into a temporary folder
 * that gets its name only when complete: several processes may do this at once, and a full disk
 * leaves the cache as it was.
 */
export async function cached(
  cacheFolder: string,
  key: string,
  make: (folder: string) => Promise<void>,
  { isWhole, onMade }: CachedOptions,
): Promise<string> {
  const folder = join(cacheFolder, key);
  const isMade = () => existsSync(join(folder, MANIFEST_FILE));
  await removeStale(cacheFolder);
  if (isMade() && (await isWhole(folder))) return folder;
  const temporary = join(cacheFolder, `.tmp-${Date.now()}-${thisProcess()}-${randomUUID()}`);
  try {
    await makeFolders(temporary);
    await make(temporary);
    // What is there by now is another process's, and as good; or it is damaged, and goes.
    if (existsSync(folder) && !(isMade() && (await isWhole(folder)))) {
      await rm(folder, { recursive: true, force: true });
    }
    await rename(temporary, folder).catch(async (error) => {
      if (!isMade()) throw error;
      await rm(temporary, { recursive: true, force: true });
    });
    await onMade?.(folder);
    return folder;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // the first error counts
    throw asIoError(error, cacheFolder);
  }
}

/** What killed processes left goes with the next run; what a living one makes stays. */
async function removeStale(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder).catch(() => [])) {
    const [, started, owner = ''] = /^\.tmp-(\d+)-(\d+-\d+-[0-9a-f]{12})?/.exec(name) ?? [];
    if (!started) continue;
    const { state } = ownerState(owner);
    const isOld = state === 'unknown' && Date.now() - Number(started) > STALE_MS;
    if (state !== 'dead' && !isOld) continue;
    await rm(join(cacheFolder, name), { recursive: true, force: true }).catch(() => {});
  }
}
