import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { MANIFEST_FILE, type Manifest, readManifest } from '@clipseg/core/model';

/**
 * The manifest of a folder made by `clipseg convert`.
 * @throws ClipSegError `not-found` where there is none, `invalid-model`
 */
export async function folderManifest(folder: string): Promise<Manifest> {
  return manifestAt(join(folder, MANIFEST_FILE));
}

/** The same, by the path of `clipseg.json` itself. */
export async function manifestAt(path: string): Promise<Manifest> {
  const bytes = await readFile(path).catch((cause) => {
    throw new ClipSegError('not-found', `There is no ${path}.`, { cause });
  });
  return readManifest(bytes, path);
}
