/** A problem of the request, with the status it is answered with. */
export class HttpError extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    Object.assign(this, { status, headers });
  }
}

/** Come again later. */
export const busy = () => new HttpError(503, 'Busy.', { 'retry-after': '1' });
