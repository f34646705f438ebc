import { setTimeout as sleep } from 'node:timers/promises';

export interface ResilientFetchOptions {
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** Called with the number of bytes of every piece that arrives. */
  readonly onBytes?: (url: string, bytes: number) => void;
}

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 250;

const isTransient = (status: number): boolean => status === 429 || status >= 500;
const isDownload = (init?: RequestInit): boolean => (init?.method ?? 'GET') === 'GET';

/**
 * A fetch that tries again after dropped connections and busy servers, and goes on where a
 * download broke off (Range) instead of starting anew.
 */
export function resilientFetch(options: ResilientFetchOptions = {}): typeof fetch {
  const { fetch: baseFetch = fetch, signal, onBytes } = options;

  async function attempt(
    input: Parameters<typeof fetch>[0],
    init?: RequestInit,
  ): Promise<Response> {
    for (let count = 1; ; count++) {
      try {
        const response = await baseFetch(input, { ...init, signal: signal ?? init?.signal });
        if (!isTransient(response.status) || count === ATTEMPTS) return response;
        await response.body?.cancel();
      } catch (error) {
        if (signal?.aborted || count === ATTEMPTS) throw error;
      }
      await sleep(FIRST_WAIT_MS * 2 ** (count - 1), undefined, { signal });
    }
  }

  /** The rest of the body from `received` bytes on, or undefined when the server cannot do that. */
  async function resume(
    input: Parameters<typeof fetch>[0],
    init: RequestInit | undefined,
    received: number,
  ) {
    const headers = new Headers(init?.headers);
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.get('range') ?? '') ?? [];
    headers.set('range', `bytes=${Number(first) + received}-${last}`);
    const response = await attempt(input, { ...init, headers });
    if (response.status === 206) return response.body ?? undefined;
    await response.body?.cancel();
    return undefined;
  }

  async function* pieces(
    input: Parameters<typeof fetch>[0],
    init: RequestInit | undefined,
    first: ReadableStream<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    let body: ReadableStream<Uint8Array> | undefined = first;
    let received = 0;
    for (let failures = 0; body; ) {
      try {
        for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
          received += piece.byteLength;
          failures = 0;
          onBytes?.(String(input), piece.byteLength);
          yield piece;
        }
        return;
      } catch (error) {
        if (signal?.aborted || ++failures === ATTEMPTS) throw error;
        await sleep(FIRST_WAIT_MS * 2 ** failures, undefined, { signal });
        body = await resume(input, init, received);
        if (!body) throw error;
      }
    }
  }

  return async (input, init) => {
    const response = await attempt(input, init);
    if (!response.ok || !response.body || !isDownload(init)) return response;
    const { status, statusText, headers, url } = response;
    const stream = ReadableStream.from(pieces(input, init, response.body));
    const whole = new Response(stream, { status, statusText, headers });
    Object.defineProperty(whole, 'url', { value: url }); // a constructed Response has none
    return whole;
  };
}
