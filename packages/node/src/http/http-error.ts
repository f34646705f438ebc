import { showValue } from '@clipseg/core/internal';

export type HttpErrorKind =
  | 'unreachable' // no connection, or it was refused
  | 'stalled' // no data for too long
  | 'broken' // the connection ended too early, or the response is invalid
  | 'status' // a response other than the content
  | 'too-large' // more than the limit
  | 'refused'; // not allowed, whatever the server says

interface Details {
  readonly status?: number;
  /** The hub's X-Error-Code. */
  readonly errorCode?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Failure of a request. `message` is a phrase without a full stop, for use in a sentence. */
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

  /** Whether a retry may succeed. */
  get isTransient(): boolean {
    if (this.kind !== 'status') return this.kind !== 'refused' && this.kind !== 'too-large';
    const status = this.status ?? 0;
    return status === 408 || status === 429 || (status >= 500 && status !== 501);
  }
}

/** Parses a Retry-After header (seconds or a date) into milliseconds. */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

export function statusError(status: number, headers: Headers): HttpError {
  const code = headers.get('x-error-code');
  const detail = headers.get('x-error-message');
  const suffix = detail ? ` (${showValue(detail, 200)})` : '';
  return new HttpError('status', `it answers ${status}${suffix}`, {
    status,
    errorCode: code && /^\w{1,40}$/.test(code) ? code : undefined,
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  });
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/,
    " (your network's own certificate? set NODE_EXTRA_CA_CERTS)",
  ],
  [
    /^Proxy response \(407\)|Proxy Authentication/,
    ' (the proxy requires a user name and password)',
  ],
];

/** Explains a failed fetch, whose message is "fetch failed"; the reason is in its causes. */
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
