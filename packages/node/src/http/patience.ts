import { HttpError } from './http-error.js';

// Less than this in a whole time-out is as good as nothing: no connection that works is so slow.
const LEAST_BYTES = 1024;

export interface Patience {
  /** Waits for what a server does; rejects when the time is over, and at an abort. */
  wait<T>(work: Promise<T>): Promise<T>;
  /** Something came: the time begins again, when it was enough. */
  received(bytes?: number): void;
}

/**
 * Time that a server has for every kilobyte. Only waiting counts: what we do with the bytes, such
 * as writing them to a slow disk, does not.
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
          reject(new HttpError('stalled', `nothing came for ${limitMs / 1000} s`));
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
