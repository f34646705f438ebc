import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import type { RepoCache } from './cache-layout.js';

/**
 * Looks at all of a snapshot, as what is looked for by name is not all that is read: a conversion
 * takes further files where they are there.
 * @returns the snapshot's folder
 * @throws ClipSegError `io` for a link that leads elsewhere than to a blob of its repository
 */
export async function withoutForeignLinks(cache: RepoCache, folder: string): Promise<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(folder, entry.name);
    if (!existsSync(path) || (await cache.find(basename(folder), entry.name))) continue;
    throw new ClipSegError(
      'io',
      `${path} is a link that leads out of the model's cache; nothing is read through it. Remove it.`,
    );
  }
  return folder;
}
