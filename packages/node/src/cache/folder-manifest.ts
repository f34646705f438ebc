import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { MANIFEST_FILE, type Manifest, readManifest } from '@clipseg/core/model';

/**
 * Reads the manifest of a folder written by `clipseg convert`.
 * @throws ClipSegError `not-found`, `invalid-model`
 */
export async function folderManifest(folder: string): Promise<Manifest> {
  return manifestAt(join(folder, MANIFEST_FILE));
}

/** Reads the manifest at the path of `clipseg.json`. */
export async function manifestAt(path: string): Promise<Manifest> {
  const bytes = await readFile(path).catch((cause) => {
    throw new ClipSegError('not-found', `${path} does not exist.`, { cause });
  });
  return readManifest(bytes, path);
}
