import { throwIfAborted } from '@clipseg/core/internal';

type Bytes = Uint8Array<ArrayBuffer>;

export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  readonly headers?: HeadersInit;
  readonly cache?: RequestCache;
  readonly signal?: AbortSignal;
  /** Milliseconds without headers or another byte after which the request fails. */
  readonly stallTimeoutMs?: number;
}

export const STALL_TIMEOUT_MS = 30_000;
/** The longest delay that a server may ask for. */
const MAX_WAIT_MS = 60_000;

/** A failure that another attempt may fix, `waitMs` later at the earliest. */
export class Transient extends Error {
  readonly waitMs: number;

  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

/**
 * Makes one request. A stalled response, headers or body, ends with an error, even if `fetch`
 * ignores its signal. The rest that `use` does not read is discarded.
 * @param use takes the response and a function that reads the next bytes; undefined is the end
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
  /** Waits for a promise, unless it takes too long or is aborted. */
  const timed = <V>(wait: Promise<V>): Promise<V> =>
    new Promise((resolve, reject) => {
      fail = reject;
      const onTimeout = () =>
        attempt.abort(new Transient(`no byte arrived for ${stallTimeoutMs / 1000} s`));
      const timer = setTimeout(onTimeout, Math.min(stallTimeoutMs, 2 ** 31 - 1));
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
    reader?.cancel().catch(() => {}); // the stream may have failed already
  }
}

/** Milliseconds that `Retry-After` asks for, in seconds or as a date, up to the limit. */
function retryAfterMs({ headers }: Response): number {
  const value = headers.get('retry-after') ?? '';
  const wait = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Math.min(MAX_WAIT_MS, Math.max(0, wait || 0));
}

const explanations: Readonly<Record<number, string>> = {
  401: ' (authentication is required: pass hub.token, or sign in)',
  403: " (access is denied: accept a gated repository's terms, and pass that account's hub.token)",
};

export const answerOf = ({ status }: Response): string =>
  `the server answers ${status}${explanations[status] ?? (status >= 500 ? ' (a server error)' : '')}`;

/** @throws Transient if the status means a temporary failure */
export function checkPassing(response: Response): void {
  const { status } = response;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new Transient(answerOf(response), retryAfterMs(response));
  }
}
