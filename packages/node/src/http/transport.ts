import { fetch as undiciFetch } from 'undici';
import { type AddressClass, hostClass, literalClass, mayFollow } from './addresses.js';
import { createDispatchers } from './dispatcher.js';
import { fetchFailure, HttpError } from './http-error.js';
import { createPatience, type Patience } from './patience.js';

export interface TransportOptions {
  /** URL that the user named. Only its origin gets the authorization. */
  readonly home: URL;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  readonly fetch?: typeof fetch;
  /** Ends a request after this many milliseconds without data. Default 30000. */
  readonly stallTimeoutMs?: number;
}

/** A response, with its body in pieces. */
interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Whether the body is decompressed, so that its length and ranges differ from the content's. */
  readonly isEncoded: boolean;
  pieces(): AsyncGenerator<Uint8Array>;
  /** Releases the connection. */
  cancel(): void;
}

export interface Transport {
  /** Sends a GET request and follows redirects. @throws HttpError, or the signal's reason */
  get(url: URL, options?: { range?: string; signal?: AbortSignal }): Promise<Reply>;
  close(): Promise<void>;
}

export const STALL_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 8;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Returns the target of a redirect; undefined for other responses. */
function redirectTarget(response: Response, url: URL): URL | undefined {
  if (response.type === 'opaqueredirect') {
    throw new HttpError('refused', 'the given fetch hides the targets of redirects');
  }
  if (!REDIRECTS.has(response.status)) return undefined;
  const location = response.headers.get('location');
  if (!location || !URL.canParse(location, url.href)) {
    throw new HttpError('refused', 'it redirects without a valid location');
  }
  const target = new URL(location, url);
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw new HttpError('refused', `it redirects to a ${target.protocol} address`);
  }
  if (url.protocol === 'https:' && target.protocol === 'http:') {
    throw new HttpError('refused', `it redirects to ${target.host} without encryption`);
  }
  target.username = '';
  target.password = '';
  return target;
}

async function* piecesOf(
  response: Response,
  patience: Patience,
  cancel: () => void,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await patience.wait(reader.read());
      if (done) return;
      patience.received(value.byteLength);
      yield value;
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    const { message } = fetchFailure(error);
    throw new HttpError('broken', `the connection broke off (${message})`, { cause: error });
  } finally {
    cancel();
    void reader.cancel().catch(() => {});
  }
}

type Send = (url: URL, headers: Headers, signal: AbortSignal) => Promise<Response>;

/** Creates a function that sends one request, without following redirects. */
function createSend(
  { home, fetch: given }: TransportOptions,
  homeClass: () => Promise<AddressClass>,
): { send: Send; close(): Promise<void> } {
  const redirect = 'manual';
  if (given) {
    const send: Send = (url, headers, signal) => given(url.href, { headers, signal, redirect });
    return { send, close: async () => {} };
  }
  const dispatchers = createDispatchers(homeClass);
  const send: Send = async (url, headers, signal) => {
    const isNamed = url.origin === home.origin;
    const through = (dispatcher: unknown) => {
      const init = { headers: Object.fromEntries(headers), signal, redirect, dispatcher };
      return undiciFetch(url.href, init as never) as unknown as Promise<Response>;
    };
    return through(dispatchers.agent(isNamed)).catch((error) => {
      const other = signal.aborted ? undefined : dispatchers.plainProxyAgent(url, isNamed);
      if (!other) throw error;
      return through(other).catch(() => {
        throw error;
      });
    });
  };
  return { send, close: dispatchers.close };
}

interface Route extends TransportOptions {
  readonly send: Send;
  readonly homeClass: () => Promise<AddressClass>;
}

async function checkTarget(target: URL, { home, homeClass }: Route): Promise<void> {
  if (target.origin === home.origin) return;
  const to = literalClass(target) ?? 'public';
  if (to === 'public' || mayFollow(await homeClass(), to)) return;
  throw new HttpError('refused', `it redirects to ${target.host}, a private address`);
}

/** Sends a request and follows its redirects. */
async function follow(
  start: URL,
  range: string | undefined,
  route: Route,
  { patience, signal }: Attempt,
): Promise<Response> {
  const { home, authorization, send } = route;
  // The token is never sent again once another origin has redirected.
  let isHome = true;
  let url = start;
  for (let hops = 0; ; hops++) {
    isHome &&= url.origin === home.origin;
    const headers = new Headers({ 'accept-encoding': 'identity', 'user-agent': '@clipseg/node' });
    if (range) headers.set('range', range);
    if (authorization && isHome) headers.set('authorization', authorization);
    const response = await patience.wait(send(url, headers, signal)).catch((error) => {
      throw error === signal.reason ? error : fetchFailure(error);
    });
    patience.received();
    const target = redirectTarget(response, url);
    if (!target) return response;
    void response.body?.cancel().catch(() => {});
    if (hops === MAX_REDIRECTS) throw new HttpError('refused', 'it redirects endlessly');
    await checkTarget(target, route);
    url = target;
  }
}

/**
 * Sends GET requests to servers that are not trusted: checks every redirect, sends the token to one
 * origin only, refuses redirects to private addresses, and times out.
 */
export function createTransport(options: TransportOptions): Transport {
  const { home, stallTimeoutMs = STALL_TIMEOUT_MS } = options;
  let known: Promise<AddressClass> | undefined;
  const homeClass = () => {
    known ??= hostClass(home);
    return known;
  };
  const { send, close } = createSend(options, homeClass);
  const route: Route = { ...options, send, homeClass };
  return {
    async get(url, { range, signal } = {}) {
      const attempt = createAttempt(stallTimeoutMs, signal);
      try {
        const response = await follow(url, range, route, attempt);
        const encoding = response.headers.get('content-encoding') ?? 'identity';
        return {
          status: response.status,
          headers: response.headers,
          isEncoded: encoding.trim().toLowerCase() !== 'identity',
          pieces: () => piecesOf(response, attempt.patience, attempt.end),
          cancel: attempt.end,
        };
      } catch (error) {
        attempt.end();
        throw signal?.aborted ? signal.reason : error;
      }
    },
    close,
  };
}

interface Attempt {
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly end: () => void;
}

/** Creates the state of one request, which ends by `end`, the caller's signal, or a time-out. */
function createAttempt(stallTimeoutMs: number, outer: AbortSignal | undefined): Attempt {
  const controller = new AbortController();
  const forward = () => controller.abort(outer?.reason);
  if (outer?.aborted) forward();
  outer?.addEventListener('abort', forward, { once: true });
  return {
    patience: createPatience(stallTimeoutMs, controller.signal),
    signal: controller.signal,
    end() {
      outer?.removeEventListener('abort', forward);
      controller.abort(new HttpError('broken', 'the request was ended'));
    },
  };
}
