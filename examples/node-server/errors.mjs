import { ClipSegError } from '@clipseg/node';

/** An error that the client may see. Every other error becomes a 500 without details. */
export class HttpError extends Error {
  constructor(status, code, message, headers = {}) {
    super(message);
    Object.assign(this, { status, code, headers });
  }
}

/** Asks the client to try again later. */
export const busy = (message) => new HttpError(503, 'busy', message, { 'retry-after': '1' });

/** The library's codes for errors of the client, which may see their messages. */
const statusOf = {
  'invalid-image': 415,
  'invalid-prompt': 422,
  'invalid-argument': 422,
};

/** An image with too many pixels is too large, not unsupported. */
const statusFor = ({ code, message }) =>
  code === 'invalid-image' && /maxPixels/.test(message) ? 413 : statusOf[code];

/** Returns the answer to a failed request: small JSON, without paths or stacks. */
export function problemOf(error) {
  const known = error instanceof HttpError || ClipSegError.isInstance(error);
  const status = known ? (error.status ?? statusFor(error)) : undefined;
  if (!status) console.error(error);
  const { code, message } = status
    ? error
    : { code: 'internal', message: 'Something went wrong on the server.' };
  return {
    status: status ?? 500,
    headers: { 'content-type': 'application/json', ...(status ? error.headers : {}) },
    body: Buffer.from(JSON.stringify({ error: { code, message: message.slice(0, 500) } })),
  };
}
