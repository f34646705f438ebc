import { HttpError, statusError } from './http-error.js';
import { type RetryOptions, withRetries } from './retry.js';
import type { Transport } from './transport.js';

export interface FetchBytesOptions extends RetryOptions {
  /** Maximum size of the body, compressed or not. */
  readonly maxBytes: number;
}

export interface Fetched {
  readonly bytes: Buffer;
  readonly headers: Headers;
}

/**
 * Fetches the whole body of a URL into memory.
 * @throws HttpError, or the signal's reason
 */
export function fetchBytes(
  transport: Transport,
  url: URL,
  options: FetchBytesOptions,
): Promise<Fetched> {
  const { maxBytes, signal } = options;
  return withRetries(async () => {
    const reply = await transport.get(url, { signal });
    try {
      if (reply.status < 200 || reply.status > 299) throw statusError(reply.status, reply.headers);
      const tooLong = () => new HttpError('too-large', `it sends more than ${maxBytes} bytes`);
      if (Number(reply.headers.get('content-length')) > maxBytes) throw tooLong();
      const pieces: Uint8Array[] = [];
      let size = 0;
      for await (const piece of reply.pieces()) {
        size += piece.byteLength;
        if (size > maxBytes) throw tooLong();
        pieces.push(piece);
      }
      return { bytes: Buffer.concat(pieces), headers: reply.headers };
    } finally {
      reply.cancel();
    }
  }, options);
}
