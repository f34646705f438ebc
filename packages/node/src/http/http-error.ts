import { showValue } from '@clipseg/core';

export type HttpErrorKind =
  | 'unreachable' // no connection, or it was refused
  | 'stalled' // nothing came for too long
  | 'broken' // the connection ended too early, or the answer makes no sense
  | 'status' // an answer that is not the content
  | 'too-large' // more than is taken
  | 'refused'; // what we do not do, whatever the server says

interface Details {
  readonly status?: number;
  /** The hub's X-Error-Code. */
  readonly errorCode?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** How a request failed. `message` is a phrase without a period, for a sentence of the caller's. */
export class HttpError extends Error {
  readonly kind: HttpErrorKind;
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: HttpErrorKind, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Worth another try. */
  get isTransient(): boolean {
    if (this.kind !== 'status') return this.kind !== 'refused' && this.kind !== 'too-large';
    const status = this.status ?? 0;
    return status === 408 || status === 429 || (status >= 500 && status !== 501);
  }
}

/** Milliseconds of a Retry-After header, which is a number of seconds or a date. */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

export function statusError(status: number, headers: Headers): HttpError {
  const code = headers.get('x-error-code');
  const said = headers.get('x-error-message');
  const words = said ? ` (${showValue(said, 200)})` : '';
  return new HttpError('status', `it answers ${status}${words}`, {
    status,
    errorCode: code && /^\w{1,40}$/.test(code) ? code : undefined,
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  });
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/,
    ' (a certificate of your network? set NODE_EXTRA_CA_CERTS)',
  ],
  [/^Proxy response \(407\)|Proxy Authentication/, ' (the proxy wants a user name and password)'],
];

/** What a failed fetch means: its own words are "fetch failed", the reason is in the cause. */
export function fetchFailure(error: unknown): HttpError {
  let inner = error;
  for (let depth = 0; depth < 5; depth++) {
    if (inner instanceof HttpError) return inner;
    const cause = (inner as { cause?: unknown } | undefined)?.cause;
    if (!cause) break;
    inner = cause;
  }
  const { code, message } = (inner ?? {}) as { code?: unknown; message?: unknown };
  const text = String(typeof message === 'string' && message ? message : (code ?? 'no answer'));
  const hint = HINTS.find(([pattern]) => pattern.test(text) || pattern.test(String(code)))?.[1];
  const shown = text.length > 160 ? `${text.slice(0, 160)}…` : text;
  return new HttpError('unreachable', `${shown}${hint ?? ''}`, { cause: error });
}
