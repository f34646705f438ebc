import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and its parents. Node's `recursive` option misleadingly reports ENOENT on
 * read-only disks, and never returns for folders such as /proc, where nothing can be created.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
      await makeFolders(dirname(path));
      await mkdir(path);
    });
  } catch (error) {
    // It may exist all the same, by a link or where nothing can be created.
    const info = await stat(path).catch(() => undefined);
    if (!info?.isDirectory()) throw error;
  }
}
