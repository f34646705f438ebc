import { ClipSegError } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import { fetchBytes } from './fetch-bytes.js';
import { HttpError } from './http-error.js';
import { createTransport } from './transport.js';

export interface FetchImageOptions {
  readonly signal?: AbortSignal;
  /** Maximum size of the body. */
  readonly maxBytes: number;
  /** Default 30000. */
  readonly stallTimeoutMs?: number;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that is not an escape
  }
}

/** Turns user and password of the URL into a header, as browsers do. */
function credentials(url: URL): { home: URL; authorization?: string } {
  const home = new URL(url);
  const { username, password } = home;
  home.username = '';
  home.password = '';
  if (!username && !password) return { home };
  const decoded = `${decode(username)}:${decode(password)}`;
  return { home, authorization: `Basic ${Buffer.from(decoded).toString('base64')}` };
}

/**
 * Fetches a URL that the user named. Redirects from a public to a private address are refused.
 * @throws ClipSegError `network`, `invalid-image` for too many bytes, `aborted`
 */
export async function fetchImage(url: URL, options: FetchImageOptions): Promise<Buffer> {
  const { signal, maxBytes, stallTimeoutMs } = options;
  const { home, authorization } = credentials(url);
  const transport = createTransport({ home, authorization, stallTimeoutMs });
  try {
    const { bytes } = await fetchBytes(transport, home, { signal, maxBytes, attempts: 3 });
    return bytes;
  } catch (cause) {
    throwIfAborted(signal);
    if (!(cause instanceof HttpError)) throw cause;
    const shown = `${url.origin}${url.pathname}`; // a query may hold a secret
    if (cause.kind === 'too-large') {
      throw new ClipSegError('invalid-image', `${shown} has more than ${maxBytes} bytes.`, {
        cause,
      });
    }
    const failed = cause.kind === 'unreachable' ? ' cannot be reached' : '';
    throw new ClipSegError('network', `${shown}${failed}: ${cause.message}.`, { cause });
  } finally {
    await transport.close();
  }
}
