import { randomUUID } from 'node:crypto';
import {
  mkdir,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolders } from '@clipseg/convert';
import { ownerState, thisProcess } from './process-owner.js';

const WAIT_MS = 100;
const BEAT_MS = 5000;
const STALE_MS = 30_000;
// A lock without an owner was being released when its process was killed.
const EMPTY_MS = 2000;

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once if another process holds the lock, with its id if it is on this machine. */
  readonly onWait?: (pid: number | undefined) => void;
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Returns the holder of the lock and whether it has ended; undefined if nobody holds it. */
async function holder(path: string): Promise<{ isGone: boolean; pid?: number } | undefined> {
  try {
    const [owner = ''] = await readdir(path);
    const untouchedMs = Date.now() - (await stat(path)).mtimeMs;
    const { state, pid } = ownerState(owner);
    const limit = owner === '' ? EMPTY_MS : STALE_MS;
    const isGone = state === 'unknown' ? untouchedMs >= limit : state === 'dead';
    return { isGone, pid };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Removes the lock of a dead process. It is renamed first, so that only one waiter succeeds. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${thisProcess()}.${randomUUID()}`;
  await rename(path, aside).then(
    () => rm(aside, { recursive: true, force: true }),
    () => {}, // another waiter was faster
  );
}

/** Removes folders beside the lock, left by processes killed while acquiring it. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    const [owner = ''] = name.startsWith(prefix) ? name.slice(prefix.length).split('.') : [];
    if (ownerState(owner).state !== 'dead') continue;
    await rm(join(dirname(path), name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Creates the lock with its owner's name in one step: a folder that is renamed into place. */
async function tryAcquire(path: string): Promise<boolean> {
  const temporary = `${path}.${thisProcess()}.${randomUUID()}`;
  await mkdir(temporary);
  try {
    await writeFile(join(temporary, thisProcess()), '');
    await rename(temporary, path);
    return true;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false; // another process was faster
    if (code === 'EPERM' && (await holder(path))) return false; // the same, on Windows
    throw error;
  }
}

async function acquire(path: string, { signal, onWait }: LockOptions): Promise<void> {
  await makeFolders(dirname(path));
  await removeLeftovers(path);
  for (let isReported = false; ; ) {
    signal?.throwIfAborted();
    const other = await holder(path);
    if (other?.isGone) await removeStale(path);
    else if (!other && (await tryAcquire(path))) return;
    else {
      if (other && !isReported) onWait?.(other.pid);
      isReported ||= other !== undefined;
      await sleep(WAIT_MS, undefined, { signal });
    }
  }
}

/**
 * Runs `work` while no other call or process does so for the same path. The lock is a folder that
 * names its process and is touched while held. The lock of a dead process is taken over at once; a
 * lock of another machine if it has not been touched for 30 s.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  await acquire(path, options);
  const touch = () => void utimes(path, new Date(), new Date()).catch(() => {});
  const beat = setInterval(touch, BEAT_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // If the lock was taken over, the folder has another owner's name and stays.
    await unlink(join(path, thisProcess())).then(
      () => rmdir(path).catch(() => {}),
      () => {},
    );
  }
}
