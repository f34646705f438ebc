import { ClipSegError } from '@clipseg/core';
import { inTime as endsInTime } from '@clipseg/core/internal';
import type { Limits } from './options.js';

export function invalid(message: string, cause?: unknown): ClipSegError {
  return new ClipSegError('invalid-image', message, { cause });
}

export const tooSlow = (name: string, { decodeTimeoutMs }: Limits): ClipSegError =>
  invalid(
    `${name} cannot be decoded within ${decodeTimeoutMs} ms; ` +
      'it is too large or crafted to be slow (decodeTimeoutMs sets the limit).',
  );

/** Rejects as soon as the signal is aborted; a later result is dropped. */
export const untilAborted = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  endsInTime(work, { signal });

/** Rejects when the decoder exceeds its time or the signal is aborted. */
export const inTime = <T>(work: Promise<T>, name: string, limits: Limits): Promise<T> =>
  endsInTime(work, {
    signal: limits.signal,
    timeoutMs: limits.decodeTimeoutMs,
    late: () => tooSlow(name, limits),
  });
