import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { throwIfAborted } from '@clipseg/core/internal';
import { asIoError } from './io-error.js';
import { removeLeftoversOnce, temporaryFile } from './leftovers.js';

export interface WrittenFile {
  readonly size: number;
  readonly sha256: string;
}

/**
 * Writes a file from pieces under a temporary name, syncs it to disk, and then renames it, so that
 * a full disk or an abort leaves no incomplete file. Removes leftovers of killed processes from its
 * folder.
 * @throws ClipSegError `io`, `aborted`
 */
export async function writeFile(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<WrittenFile> {
  const temporary = temporaryFile(path);
  const hash = createHash('sha256');
  let size = 0;
  await removeLeftoversOnce(dirname(path));
  try {
    const file = await open(temporary, 'wx');
    try {
      for await (const piece of pieces) {
        throwIfAborted(options.signal);
        hash.update(piece);
        await file.writeFile(piece); // appends all of it
        size += piece.byteLength;
        options.onBytes?.(piece.byteLength);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // keep the first error
    throw asIoError(error, path);
  }
  return { size, sha256: hash.digest('hex') };
}
