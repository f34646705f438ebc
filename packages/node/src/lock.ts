import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

const WAIT_MS = 100;

/**
 * Runs `work` while no other call or process does so for the same path. The lock of a process that
 * died is taken over after half a minute.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let release: (() => Promise<void>) | undefined;
  while (!release) {
    try {
      release = await lockfile.lock(path, { realpath: false, stale: 30_000, update: 5000 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      await sleep(WAIT_MS, undefined, { signal });
    }
  }
  try {
    return await work();
  } finally {
    await release().catch(() => {}); // lost to somebody who took us for dead: nothing to give back
  }
}
