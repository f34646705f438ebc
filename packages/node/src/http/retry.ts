import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from './http-error.js';

export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** Maximum number of attempts without progress; a stalled one counts twice. Default 4. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubles with each further one. Default 250. */
  readonly retryDelayMs?: number;
  /** Called before a wait. */
  readonly onWait?: (ms: number, error: HttpError) => void;
  /** Whether the last attempt made progress, which resets the count. */
  readonly hasAdvanced?: () => boolean;
}

const MAX_RETRY_AFTER_MS = 60_000;

/** Retries `work` after transient failures, as soon as the server allows it. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { signal, attempts = 4, retryDelayMs = 250, onWait, hasAdvanced }: RetryOptions = {},
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof HttpError) || !error.isTransient) throw error;
      if (hasAdvanced?.()) failures = 0;
      // A silent server gets fewer attempts than one that says it is busy.
      failures += error.kind === 'stalled' ? 2 : 1;
      const retryAfter = error.retryAfterMs ?? 0;
      if (failures >= attempts || retryAfter > MAX_RETRY_AFTER_MS) throw error;
      const ms = Math.max(retryAfter, retryDelayMs * 2 ** (failures - 1));
      onWait?.(ms, error);
      await sleep(ms, undefined, { signal });
    }
  }
}
