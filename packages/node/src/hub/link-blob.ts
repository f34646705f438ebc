import { copyFile, readlink, rename, type symlink, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { missing } from './plain-folders.js';

interface Link {
  readonly blob: string;
  readonly pointer: string;
  /** Whether the blob was just downloaded, so that no other snapshot uses it. */
  readonly isNew: boolean;
  readonly make: typeof symlink;
}

const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']);

/** Links a blob. On file systems without links, moves or copies the file, as Python does. */
export async function linkBlob({ blob, pointer, isNew, make }: Link): Promise<void> {
  const target = join('..', '..', 'blobs', basename(blob));
  if ((await readlink(pointer).catch(() => undefined)) === target) return;
  await unlink(pointer).catch(missing); // removes the link, never its target
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
