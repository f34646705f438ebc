import { type FileHandle, open, stat } from 'node:fs/promises';
import { ClipSegError } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';

/** A file that is read by offset. */
export interface RandomAccessFile {
  readonly path: string;
  readonly size: number;
  /** @throws ClipSegError `invalid-checkpoint` if the range is not within the file */
  read(offset: number, length: number, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  close(): Promise<void>;
}

// Maximum size of one system call, which bounds the delay of an abort.
const PIECE = 64 * 2 ** 20;

/** @throws ClipSegError `not-found`, `io` */
async function openFile(path: string): Promise<RandomAccessFile> {
  const { handle, size } = await openHandle(path);
  let closed = false;
  return {
    path,
    size,
    async read(offset, length, { signal } = {}) {
      throwIfAborted(signal);
      if (closed) throw new ClipSegError('disposed', `${path} was read after it was closed.`);
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new ClipSegError(
          'invalid-checkpoint',
          `${path} is truncated or malformed: it refers to bytes ${offset} to ${offset + length} of ${size}.`,
        );
      }
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        throwIfAborted(signal);
        const piece = Math.min(PIECE, length - done);
        const { bytesRead } = await handle
          .read(bytes, done, piece, offset + done)
          .catch((cause) => {
            throw cannotRead(path, cause);
          });
        if (bytesRead === 0) {
          throw new ClipSegError('invalid-checkpoint', `${path} became shorter while it was read.`);
        }
        done += bytesRead;
      }
      return bytes;
    },
    async close() {
      if (closed) return;
      closed = true;
      await handle.close();
    },
  };
}

/** Converts the error of a system call to `not-found` or `io`. */
export function cannotRead(path: string, cause: unknown): ClipSegError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new ClipSegError('not-found', `The file ${path} does not exist.`, { cause })
    : new ClipSegError('io', `${path} cannot be read: ${message}`, { cause });
}

async function openHandle(path: string): Promise<{ handle: FileHandle; size: number }> {
  try {
    // Checked before opening, which would block if the path is a pipe.
    const info = await stat(path);
    if (!info.isFile()) throw new ClipSegError('not-found', `${path} is not a file.`);
    return { handle: await open(path, 'r'), size: info.size };
  } catch (cause) {
    throw ClipSegError.isInstance(cause) ? cause : cannotRead(path, cause);
  }
}

/** Opens a file and closes it if `use` fails. */
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
