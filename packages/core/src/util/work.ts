import { ClipSegError } from './errors.js';

/** Keeps book of running calls, so that `end` can wait for them and refuse later ones. */
export interface Work {
  /** The function, refusing with `disposed` once `end` was called. */
  track<Args extends unknown[], R>(
    call: (...args: Args) => Promise<R>,
  ): (...args: Args) => Promise<R>;
  /** Waits for the running calls, then frees, once however often it is called. */
  end(free: () => Promise<void>): Promise<void>;
}

export function createWork(): Work {
  const running = new Set<Promise<unknown>>();
  let ended: Promise<void> | undefined;
  return {
    track(call) {
      return (...args) => {
        if (ended) {
          const message = 'This ClipSeg is disposed; create another one.';
          return Promise.reject(new ClipSegError('disposed', message));
        }
        const result = call(...args);
        const settled: Promise<unknown> = result
          .catch(() => {}) // the caller has the error; this is bookkeeping
          .finally(() => running.delete(settled));
        running.add(settled);
        return result;
      };
    },
    end(free) {
      ended ??= Promise.all(running).then(free);
      return ended;
    },
  };
}
