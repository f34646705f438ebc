import { copyFile, readlink, rename, type symlink, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { missing } from './plain-folders.js';

interface Link {
  readonly blob: string;
  readonly pointer: string;
  /** No other snapshot can need the blob. */
  readonly isNew: boolean;
  readonly make: typeof symlink;
}

const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']);

/** Where the file system knows no links, the file itself goes to its place, as Python does it. */
export async function linkBlob({ blob, pointer, isNew, make }: Link): Promise<void> {
  const target = join('..', '..', 'blobs', basename(blob));
  if ((await readlink(pointer).catch(() => undefined)) === target) return;
  await unlink(pointer).catch(missing); // the link or the copy, never what a link leads to
  try {
    await make(target, pointer);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (isNew) return rename(blob, pointer);
    const temporary = `${blob}.copy`;
    await unlink(temporary).catch(missing);
    await copyFile(blob, temporary);
    await rename(temporary, pointer);
  }
}
