import { throwIfAborted } from '@clipseg/core/internal';

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds without progress of the lock's holder after which the wait ends. */
  readonly patienceMs?: number;
  /** Called while waiting; its result changes as long as the lock's holder makes progress. */
  readonly onWait?: () => Promise<unknown>;
}

const PATIENCE_MS = 10_000;

/** Calls `giveUp` when the result of `onWait` has not changed for too long. */
function watch(giveUp: () => void, { patienceMs = PATIENCE_MS, onWait }: LockOptions): () => void {
  let [seen, since] = [undefined as unknown, performance.now()];
  const check = async () => {
    const now = await onWait?.();
    if (now !== seen) [seen, since] = [now, performance.now()];
    else if (performance.now() - since > patienceMs) giveUp();
  };
  const timer = setInterval(() => void check().catch(giveUp), Math.min(1000, patienceMs / 4));
  return () => clearInterval(timer);
}

/**
 * Runs `work` while no other tab or worker of the origin holds the lock. Runs it without the lock
 * if locks are missing or denied, or if the holder makes no progress: a tab that the browser has
 * frozen.
 */
export async function withLock<T>(
  name: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const locks = globalThis.navigator?.locks; // secure contexts only
  if (!locks) return work();
  const { signal } = options;
  throwIfAborted(signal);
  const waiting = new AbortController();
  const giveUp = () => waiting.abort();
  signal?.addEventListener('abort', giveUp);
  const stop = watch(giveUp, options);
  let granted = false;
  try {
    return (await locks.request(`clipseg:${name}`, { signal: waiting.signal }, () => {
      granted = true;
      stop();
      return work();
    })) as T;
  } catch (error) {
    if (granted) throw error;
    throwIfAborted(signal);
    return await work();
  } finally {
    stop();
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Runs `work` if the lock is free; returns undefined if it is not. Never waits. */
export async function ifUnlocked<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  const options = { ifAvailable: true };
  return locks.request(`clipseg:${name}`, options, (lock) =>
    lock ? work() : undefined,
  ) as Promise<T | undefined>;
}
