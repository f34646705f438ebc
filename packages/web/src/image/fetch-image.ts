import { ClipSegError } from '@clipseg/core';
import { inTime, showValue, throwIfAborted } from '@clipseg/core/internal';
import { type Limits, tooLarge } from './limits.js';

/** Reads the body, up to the limit. */
async function bodyOf(
  response: Response,
  name: string,
  limits: Limits,
  next: <T>(work: Promise<T>) => Promise<T>,
): Promise<Blob> {
  const type = response.headers.get('content-type') ?? '';
  const length = Number(response.headers.get('content-length'));
  if (length > limits.maxBytes) throw tooLarge(name, limits);
  const reader = response.body?.getReader();
  if (!reader) return new Blob([], { type });
  const parts: BlobPart[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await next(reader.read());
    if (done) return new Blob(parts, { type });
    size += value.length;
    if (size > limits.maxBytes) throw tooLarge(name, limits);
    parts.push(value);
  }
}

/**
 * Fetches the file at a URL. `decodeTimeoutMs` limits how long its server may be silent.
 * @throws ClipSegError `network`, `invalid-image` if there are too many bytes, `aborted`
 */
export async function fetchImage(url: string, name: string, limits: Limits): Promise<Blob> {
  const { signal, decodeTimeoutMs: timeoutMs } = limits;
  const shown = showValue(url, 200);
  const failed = (why: string, cause?: unknown) =>
    new ClipSegError('network', `The image ${shown} ${why}.`, { cause });
  const late = () => failed(`sent no data for ${timeoutMs} ms (decodeTimeoutMs)`);
  const next = <T>(work: Promise<T>) => inTime(work, { signal, timeoutMs, late });
  const request = new AbortController();
  try {
    const response = await next(fetch(url, { signal: request.signal }));
    if (!response.ok) throw failed(`cannot be fetched: the server answers ${response.status}`);
    return await bodyOf(response, name, limits, next);
  } catch (cause) {
    request.abort();
    throwIfAborted(signal);
    if (ClipSegError.isInstance(cause)) throw cause;
    const why = 'it cannot be reached, or its server does not allow this page to read it (CORS)';
    throw failed(`cannot be fetched: ${why}`, cause);
  }
}
