import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asIoError, makeFolders } from '@clipseg/convert';
import { MANIFEST_FILE } from '@clipseg/core/model';
import { homeFolder } from './home-folder.js';
import { ownerState, thisProcess } from './process-owner.js';

/** Folder for converted models: CLIPSEG_CACHE, or the platform's cache folder. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CLIPSEG_CACHE) return env.CLIPSEG_CACHE;
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'clipseg');
  if (process.platform === 'darwin')
    return join(homeFolder('CLIPSEG_CACHE'), 'Library', 'Caches', 'clipseg');
  return join(env.XDG_CACHE_HOME || join(homeFolder('CLIPSEG_CACHE'), '.cache'), 'clipseg');
}

export const cacheKey = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);

/** Age at which temporary folders are removed if their process cannot be checked. */
const STALE_MS = 24 * 60 * 60 * 1000;

export interface CachedOptions {
  /** Whether an existing folder can be used; otherwise it is made again. */
  readonly isWhole: (folder: string) => Promise<boolean>;
  /** Called with the folder when it is complete and in place. */
  readonly onMade?: (folder: string) => Promise<void>;
}

/**
 * Returns the folder of `key`; `make` makes it if it is missing. `make` writes to a temporary
 * folder that is renamed when complete, so several processes may do this at once, and a full disk
 * leaves the cache unchanged.
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
    // A folder that exists by now is another process's and can be used, or is damaged and removed.
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
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // keep the first error
    throw asIoError(error, cacheFolder);
  }
}

/** Removes leftovers of killed processes, but not folders that a live process is making. */
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
