import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Node's own `recursive` says ENOENT where a disk is read-only,
 * which sends people to look for a folder that is there.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) {
      await makeFolders(dirname(path));
      return makeFolders(path);
    }
    // It is there, perhaps by a link, or where nothing may be made.
    const info = await stat(path).catch(() => undefined);
    if (!info?.isDirectory()) throw error;
  }
}
