import { busy, HttpError } from './http-error.js';

/** Yields a body's chunks; fails if no byte arrives for too long, or if the body takes too long. */
async function* timed(reader, { bodyTimeout, stallTimeout }, signal) {
  const controller = new AbortController();
  const late = () => controller.abort(new HttpError(408, 'The image did not arrive in time.'));
  const total = setTimeout(late, bodyTimeout);
  const stall = setTimeout(late, stallTimeout);
  const any = AbortSignal.any([signal, controller.signal]);
  const aborted = new Promise((_, reject) => {
    any.addEventListener('abort', () => reject(any.reason));
  });
  try {
    any.throwIfAborted();
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) return;
      stall.refresh();
      yield value;
    }
  } finally {
    clearTimeout(total);
    clearTimeout(stall);
    reader.cancel().catch(() => {}); // the client has left, so there is nobody to tell
  }
}

/** Receives bodies, with limits on the bytes and time of each and on the memory of all. */
export function createBodies(limits) {
  const { bodyLimit, heldBytes } = limits;
  let held = 0;
  return async function receive({ body, headers, signal }) {
    const tooLarge = () => new HttpError(413, `An image may have at most ${bodyLimit} bytes.`);
    const limit = Number(headers.get('content-length') ?? bodyLimit);
    if (limit > bodyLimit) throw tooLarge();
    let bytes = Buffer.alloc(0); // one growing block, so tiny chunks cost no more than large ones
    let size = 0;
    try {
      for await (const chunk of body ? timed(body.getReader(), limits, signal) : []) {
        if (size + chunk.length > bodyLimit) throw tooLarge();
        if (size + chunk.length > bytes.length) {
          const length = Math.min(limit, Math.max(size + chunk.length, 2 * bytes.length));
          const more = Math.max(length, size + chunk.length) - bytes.length;
          if (held + more > heldBytes) throw busy();
          held += more;
          bytes = Buffer.concat([bytes.subarray(0, size)], bytes.length + more);
        }
        bytes.set(chunk, size);
        size += chunk.length;
      }
      return bytes.subarray(0, size);
    } finally {
      held -= bytes.length;
    }
  };
}
