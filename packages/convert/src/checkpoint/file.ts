import { type FileHandle, open } from 'node:fs/promises';
import { ClipSegError, throwIfAborted } from '@clipseg/core';

/** A file that is read by offset. */
export interface RandomAccessFile {
  readonly path: string;
  readonly size: number;
  /** @throws ClipSegError `invalid-checkpoint` when the range is not within the file */
  read(offset: number, length: number, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @throws ClipSegError `not-found`, `io` */
export async function openFile(path: string): Promise<RandomAccessFile> {
  const handle = await openHandle(path);
  const { size } = await handle.stat();
  return {
    path,
    size,
    async read(offset, length, { signal } = {}) {
      throwIfAborted(signal);
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new ClipSegError(
          'invalid-checkpoint',
          `${path} is cut off or wrong: bytes ${offset} to ${offset + length} of ${size} are asked for.`,
        );
      }
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) {
          throw new ClipSegError('invalid-checkpoint', `${path} became shorter while it was read.`);
        }
        done += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

async function openHandle(path: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing
      ? new ClipSegError('not-found', `There is no file ${path}.`, { cause })
      : new ClipSegError('io', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new ClipSegError('not-found', `${path} is not a file.`);
}

/** Closes the file when `use` fails: a checkpoint that cannot be opened leaks nothing. */
export async function withFile<T>(
  path: string,
  use: (file: RandomAccessFile) => Promise<T>,
): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(file);
  } catch (error) {
    await file.close();
    throw error;
  }
}
