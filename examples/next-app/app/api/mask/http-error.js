/** An error of the request, with the status of the answer. */
export class HttpError extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    Object.assign(this, { status, headers });
  }
}

/** Asks the client to try again later. */
export const busy = () => new HttpError(503, 'Busy.', { 'retry-after': '1' });
