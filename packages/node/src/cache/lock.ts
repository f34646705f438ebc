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
// A lock without a name in it was being given back when its process was killed.
const EMPTY_MS = 2000;

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once when another holds the lock, with its process where that is of this machine. */
  readonly onWait?: (pid: number | undefined) => void;
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Who holds the lock and whether that one is gone; undefined when nobody does. */
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

/**
 * Puts the lock of a process that died out of the way: one rename, so that only one waiter does.
 */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${thisProcess()}.${randomUUID()}`;
  await rename(path, aside).then(
    () => rm(aside, { recursive: true, force: true }),
    () => {}, // another waiter was faster
  );
}

/** Folders beside the lock that a process left when it was killed within a few system calls. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    const [owner = ''] = name.startsWith(prefix) ? name.slice(prefix.length).split('.') : [];
    if (ownerState(owner).state !== 'dead') continue;
    await rm(join(dirname(path), name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Makes the lock with its owner's name in it, at once: a folder that is renamed to its place. */
async function tryAcquire(path: string): Promise<boolean> {
  const own = `${path}.${thisProcess()}.${randomUUID()}`;
  await mkdir(own);
  try {
    await writeFile(join(own, thisProcess()), '');
    await rename(own, path);
    return true;
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false; // another was faster
    if (code === 'EPERM' && (await holder(path))) return false; // the same, on Windows
    throw error;
  }
}

async function acquire(path: string, { signal, onWait }: LockOptions): Promise<void> {
  await makeFolders(dirname(path));
  await removeLeftovers(path);
  for (let isTold = false; ; ) {
    signal?.throwIfAborted();
    const other = await holder(path);
    if (other?.isGone) await removeStale(path);
    else if (!other && (await tryAcquire(path))) return;
    else {
      if (other && !isTold) onWait?.(other.pid);
      isTold ||= other !== undefined;
      await sleep(WAIT_MS, undefined, { signal });
    }
  }
}

/**
 * Runs `work` while no other call or process does so for the same path. The lock is a folder that
 * names its process and is touched while it is held. One whose process died is taken over at once;
 * one of another machine when it was not touched for half a minute.
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
    // Taken over meanwhile: the folder holds another's name, and stays.
    await unlink(join(path, thisProcess())).then(
      () => rmdir(path).catch(() => {}),
      () => {},
    );
  }
}
