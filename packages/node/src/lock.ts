import { randomUUID } from 'node:crypto';
import { mkdir, rename, rmdir, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 100;
const BEAT_MS = 5000;
const STALE_MS = 30_000;

/** Puts the lock of a process that died out of the way: one rename, so that only one waiter does. */
async function removeStale(path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (!info || Date.now() - info.mtimeMs < STALE_MS) return;
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).then(
    () => rmdir(aside),
    () => {}, // another waiter was faster
  );
}

async function acquire(path: string, signal?: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  for (;;) {
    try {
      await mkdir(path); // fails when it is there: that is the lock
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await removeStale(path);
    await sleep(WAIT_MS, undefined, { signal });
  }
}

/**
 * Runs `work` while no other call or process does so for the same path. The lock is a folder that is
 * touched while it is held; one untouched for half a minute is taken over.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<T> {
  await acquire(path, signal);
  const touch = () => void utimes(path, new Date(), new Date()).catch(() => {});
  const beat = setInterval(touch, BEAT_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rmdir(path).catch(() => {}); // taken over meanwhile: nothing to give back
  }
}
