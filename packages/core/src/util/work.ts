import { ClipSegError } from './errors.js';

/** Tracks running calls, so that `end` can wait for them and refuse later ones. */
export interface Work {
  /** Wraps a function; after `end` it rejects with `disposed`. */
  track<Args extends unknown[], R>(
    call: (...args: Args) => Promise<R>,
  ): (...args: Args) => Promise<R>;
  /** Waits for the running calls, then frees; further calls return the same promise. */
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
