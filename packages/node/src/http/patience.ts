import { HttpError } from './http-error.js';

// Fewer bytes than this within a whole time-out count as a stall.
const LEAST_BYTES = 1024;

export interface Patience {
  /** Waits for the server; rejects on a time-out or abort. */
  wait<T>(work: Promise<T>): Promise<T>;
  /** Records received bytes; restarts the time-out once they are enough. */
  received(bytes?: number): void;
}

/**
 * Creates a time-out for each kilobyte from a server. Only waiting counts, not the time that the
 * caller takes, e.g. for writing to a slow disk.
 */
export function createPatience(limitMs: number, signal: AbortSignal): Patience {
  let left = limitMs;
  let bytes = 0;
  return {
    async wait(work) {
      const started = performance.now();
      let timer: NodeJS.Timeout | undefined;
      let stop = () => {};
      const end = new Promise<never>((_, reject) => {
        const stalled = () => {
          reject(new HttpError('stalled', `no data for ${limitMs / 1000} s`));
        };
        timer = setTimeout(stalled, left);
        stop = () => reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) stop();
      });
      try {
        return await Promise.race([work, end]);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        left -= performance.now() - started;
      }
    },
    received(count = LEAST_BYTES) {
      bytes += count;
      if (bytes < LEAST_BYTES) return;
      left = limitMs;
      bytes = 0;
    },
  };
}
