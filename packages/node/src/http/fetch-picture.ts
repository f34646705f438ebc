import { ClipSegError, throwIfAborted } from '@clipseg/core';
import { fetchBytes } from './fetch-bytes.js';
import { HttpError } from './http-error.js';
import { createTransport } from './transport.js';

export interface FetchPictureOptions {
  readonly signal?: AbortSignal;
  /** A longer body is refused. */
  readonly maxBytes: number;
  /** Default 30000. */
  readonly stallTimeoutMs?: number;
}

/**
 * The bytes behind a URL that the user named, wherever it leads; from a public address it is not
 * followed to a private one.
 * @throws ClipSegError `network`, `invalid-image` for too many bytes, `aborted`
 */
export async function fetchPicture(url: URL, options: FetchPictureOptions): Promise<Buffer> {
  const { signal, maxBytes, stallTimeoutMs } = options;
  const transport = createTransport({ home: url, stallTimeoutMs });
  try {
    const { bytes } = await fetchBytes(transport, url, { signal, maxBytes, attempts: 3 });
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
