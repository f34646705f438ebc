import { open, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCommit } from './names.js';
import { findFolder, makeFolder, missing, stateOf } from './plain-folders.js';

/** Reads the commit of a revision; undefined if there is none or it is invalid. */
export async function readRef(
  root: string,
  name: string,
  revision: string,
): Promise<string | undefined> {
  const parts = revision.split('/');
  const folder = await findFolder(root, [name, 'refs', ...parts.slice(0, -1)]);
  const path = folder && join(folder, parts.at(-1)!);
  if (!path || !(await stateOf(path))?.isFile()) return undefined;
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    const commit = buffer.toString('latin1', 0, bytesRead).trim();
    return isCommit(commit) ? commit : undefined;
  } finally {
    await file.close();
  }
}

export async function writeRef(
  root: string,
  name: string,
  revision: string,
  commit: string,
): Promise<void> {
  const parts = revision.split('/');
  const folder = await makeFolder(root, [name, 'refs', ...parts.slice(0, -1)]);
  // Renamed into place, so that a link there is replaced and not followed.
  const temporary = join(root, name, '.ref.tmp');
  await unlink(temporary).catch(missing);
  await writeFile(temporary, commit, { flag: 'wx' });
  await rename(temporary, join(folder, parts.at(-1)!));
}
