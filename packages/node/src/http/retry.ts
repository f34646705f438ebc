import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from './http-error.js';

export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** Tries in all that get nowhere; one that stalled counts twice. Default 4. */
  readonly attempts?: number;
  /** The wait before the second try; it doubles with every further one. Default 250. */
  readonly retryDelayMs?: number;
  /** Called before a wait. */
  readonly onWait?: (ms: number, error: HttpError) => void;
  /** Whether the last try got further: then the count begins again. */
  readonly hasAdvanced?: () => boolean;
}

const MAX_RETRY_AFTER_MS = 60_000;

/** Runs `work` again after failures that may pass, as soon as the server allows it. */
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
      // Nobody waits for a silent server as often as for one that says that it is busy.
      failures += error.kind === 'stalled' ? 2 : 1;
      const asked = error.retryAfterMs ?? 0;
      if (failures >= attempts || asked > MAX_RETRY_AFTER_MS) throw error;
      const ms = Math.max(asked, retryDelayMs * 2 ** (failures - 1));
      onWait?.(ms, error);
      await sleep(ms, undefined, { signal });
    }
  }
}
