import { throwIfAborted } from '@clipseg/core';

type Bytes = Uint8Array<ArrayBuffer>;

export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  readonly headers?: HeadersInit;
  readonly cache?: RequestCache;
  readonly signal?: AbortSignal;
  /** Milliseconds without headers, or without another byte, after which it has failed. */
  readonly stallTimeoutMs?: number;
}

export const STALL_TIMEOUT_MS = 30_000;
/** No server is waited for longer than this at a time, whatever it asks for. */
const MAX_WAIT_MS = 60_000;

/** What another attempt may change; perhaps not before `waitMs`. */
export class Transient extends Error {
  readonly waitMs: number;

  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

/**
 * One request. What `use` does not read is not waited for, and whatever stands still, headers or
 * body, ends with an error, also where `fetch` ignores its signal.
 * @param use takes the response and reads its bytes piece by piece; undefined is the end
 */
export async function exchange<T>(
  url: string,
  options: ExchangeOptions,
  use: (response: Response, next: () => Promise<Bytes | undefined>) => Promise<T>,
): Promise<T> {
  const { fetch, headers, cache, signal, stallTimeoutMs = STALL_TIMEOUT_MS } = options;
  throwIfAborted(signal);
  const attempt = new AbortController();
  let reader: ReadableStreamDefaultReader<Bytes> | undefined;
  let fail = (_: unknown): void => {};
  attempt.signal.addEventListener('abort', () => fail(attempt.signal.reason));
  /** What comes of a wait, unless it lasts too long or is aborted. */
  const timed = <V>(wait: Promise<V>): Promise<V> =>
    new Promise((resolve, reject) => {
      fail = reject;
      const late = () =>
        attempt.abort(new Transient(`no byte came for ${stallTimeoutMs / 1000} s`));
      const timer = setTimeout(late, Math.min(stallTimeoutMs, 2 ** 31 - 1));
      wait.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  const abort = () => attempt.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    const response = await timed(fetch(url, { headers, cache, signal: attempt.signal }));
    reader = response.body?.getReader();
    return await use(response, async () => reader && (await timed(reader.read())).value);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    attempt.abort();
    reader?.cancel().catch(() => {}); // it may be in error already
  }
}

/** Milliseconds that `Retry-After` asks for, as seconds or a date, with a limit. */
function retryAfterMs({ headers }: Response): number {
  const value = headers.get('retry-after') ?? '';
  const wait = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Math.min(MAX_WAIT_MS, Math.max(0, wait || 0));
}

const words: Readonly<Record<number, string>> = {
  401: ', it wants to know who asks: give hub.token, or sign in',
  403: ', it refuses: accept the terms of a gated repository, and give the hub.token of who did',
};

export const answerOf = ({ status }: Response): string =>
  `the server answers ${status}${words[status] ?? (status >= 500 ? ', it fails' : '')}`;

/** @throws Transient where the status says that it may pass */
export function checkPassing(response: Response): void {
  const { status } = response;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new Transient(answerOf(response), retryAfterMs(response));
  }
}
