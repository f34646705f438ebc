import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import type { RepoCache } from './cache-layout.js';

/**
 * Checks every link in a snapshot, since a conversion reads more files than are looked up by name.
 * @returns the snapshot's folder
 * @throws ClipSegError `io` for a link that does not lead to a blob of its repository
 */
export async function withoutForeignLinks(cache: RepoCache, folder: string): Promise<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(folder, entry.name);
    if (!existsSync(path) || (await cache.find(basename(folder), entry.name))) continue;
    throw new ClipSegError(
      'io',
      `${path} is a link that leads out of the model's cache and is not followed. Remove it.`,
    );
  }
  return folder;
}
