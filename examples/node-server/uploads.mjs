import { busy, HttpError } from './errors.mjs';

const FIRST_BYTES = 4096;

/**
 * Receives bodies. Each has limits on bytes, on time, and on time without a byte. A limit on memory
 * covers all of them; when it is reached, slow uploads are dropped first, then new ones.
 */
export function createUploads(limits) {
  const { bodyLimit, heldBytes, bodyTimeout, stallTimeout, slowAfter } = limits;
  const open = new Set(); // in order of arrival
  let held = 0;

  const tooLarge = () =>
    new HttpError(413, 'too-large', `An image may have at most ${bodyLimit} bytes.`);
  const incomplete = () => new HttpError(400, 'incomplete', 'The upload ended too early.');
  const tooSlow = () => new HttpError(408, 'timeout', 'The image did not arrive in time.');

  /** Grows an upload's buffer in one block, so tiny chunks cost no more memory than large ones. */
  function grow(upload, size) {
    const length = Math.min(upload.limit, Math.max(size, 2 * upload.bytes.length, FIRST_BYTES));
    const more = length - upload.bytes.length;
    while (held + more > heldBytes) {
      const [oldest] = open;
      if (oldest === upload || !oldest || performance.now() - oldest.since < slowAfter) {
        throw busy('Too many uploads are in progress.');
      }
      oldest.refuse(busy('The upload is too slow, and others need its memory.'));
    }
    const larger = Buffer.allocUnsafeSlow(length);
    upload.bytes.copy(larger, 0, 0, upload.size);
    upload.bytes = larger;
    held += more;
  }

  function release(upload) {
    held -= upload.bytes.length;
    upload.bytes = Buffer.alloc(0);
  }

  /** Returns the body, and `release` to call when it is no longer needed: until then it counts. */
  function receive(request, signal) {
    const limit = Number(request.headers['content-length'] ?? bodyLimit);
    if (limit > bodyLimit) throw tooLarge();
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const upload = { since: performance.now(), limit, bytes: Buffer.alloc(0), size: 0, refuse };
      const total = setTimeout(() => refuse(tooSlow()), bodyTimeout);
      const stall = setTimeout(() => refuse(tooSlow()), stallTimeout);
      function stop() {
        clearTimeout(total);
        clearTimeout(stall);
        open.delete(upload);
        request.off('data', onData).off('end', onEnd).off('close', leave);
        signal.removeEventListener('abort', leave);
      }
      function refuse(error) {
        stop();
        release(upload);
        reject(error);
      }
      const leave = () => refuse(signal.reason ?? incomplete());
      function onData(chunk) {
        stall.refresh();
        const size = upload.size + chunk.length;
        try {
          if (size > bodyLimit) throw tooLarge();
          if (size > upload.bytes.length) grow(upload, size);
        } catch (error) {
          return refuse(error);
        }
        chunk.copy(upload.bytes, upload.size);
        upload.size = size;
      }
      function onEnd() {
        stop();
        const body = upload.bytes.subarray(0, upload.size);
        resolve({ body, release: () => release(upload) });
      }
      open.add(upload);
      signal.addEventListener('abort', leave);
      request.on('data', onData).on('end', onEnd).on('close', leave);
    });
  }

  return { receive };
}
