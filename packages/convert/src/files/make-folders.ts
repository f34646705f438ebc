import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Node's own `recursive` says ENOENT where a disk is read-only,
 * which sends people to look for a folder that is there, and tries for ever where a folder that
 * exists takes none, as /proc.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
      await makeFolders(dirname(path));
      await mkdir(path);
    });
  } catch (error) {
    // It is there, perhaps by a link, or where nothing may be made.
    const info = await stat(path).catch(() => undefined);
    if (!info?.isDirectory()) throw error;
  }
}
