import { ClipSegError, inTime as endsInTime } from '@clipseg/core';
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
export const untilAborted = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  endsInTime(work, { signal });

/** The promise, or an error when the decoder's time is over or the signal fires. */
export const inTime = <T>(work: Promise<T>, name: string, limits: Limits): Promise<T> =>
  endsInTime(work, {
    signal: limits.signal,
    timeoutMs: limits.decodeTimeoutMs,
    late: () => tooSlow(name, limits),
  });
