import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { ClipSegError, throwIfAborted } from '@clipseg/core';

export interface WrittenFile {
  readonly size: number;
  readonly sha256: string;
}

/**
 * Writes a file from pieces under a temporary name, syncs it to disk and only then gives it its
 * name: a full disk, a crash or an abort leaves nothing half-written behind.
 * @throws ClipSegError `io`, `aborted`
 */
export async function writeFile(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<WrittenFile> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const hash = createHash('sha256');
  let size = 0;
  try {
    const file = await open(temporary, 'wx');
    try {
      for await (const piece of pieces) {
        throwIfAborted(options.signal);
        hash.update(piece);
        await file.writeFile(piece); // writes on from the current position, and all of it
        size += piece.byteLength;
        options.onBytes?.(piece.byteLength);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw asIoError(error, path);
  }
  return { size, sha256: hash.digest('hex') };
}

/** File system errors become `io` with what to do; others pass. */
export function asIoError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (ClipSegError.isInstance(error) || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) {
    return error;
  }
  const hint =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'The disk is full: free some space or choose another folder.'
      : 'Check that the folder exists and may be written to.';
  return new ClipSegError('io', `Cannot write ${path} (${code}). ${hint}`, { cause: error });
}
