import { ClipSegError, throwIfAborted } from '@clipseg/core';
import type { Limits } from './options.js';

export function invalid(message: string, cause?: unknown): ClipSegError {
  return new ClipSegError('invalid-image', message, { cause });
}

export const tooSlow = (name: string, { decodeTimeoutMs }: Limits): ClipSegError =>
  invalid(
    `${name} cannot be decoded within ${decodeTimeoutMs} ms; ` +
      'it is too large or made to be slow (decodeTimeoutMs sets the limit).',
  );

/** The promise, or an error as soon as the signal fires; what comes later is dropped. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined) {
  throwIfAborted(signal);
  if (!signal) return work;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () =>
      reject(new ClipSegError('aborted', 'The operation was aborted.', { cause: signal.reason }));
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => {});
  }
}

/** The promise, or an error when the decoder's time is over or the signal fires. */
export async function inTime<T>(work: Promise<T>, name: string, limits: Limits): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(name, limits)), limits.decodeTimeoutMs);
  });
  try {
    return await untilAborted(Promise.race([work, late]), limits.signal);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
