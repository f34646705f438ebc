import { createServer } from 'node:http';
import { ClipSegError, decodeImage, encodeMask, parsePrompt } from '@clipseg/node';

/** What the client is told of an error, by its code. */
const statusOf = {
  'invalid-image': 415,
  'invalid-prompt': 422,
  'invalid-argument': 422,
};

/** A problem of the request, with the status it is answered with. */
class HttpError extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    Object.assign(this, { status, headers });
  }
}

/** The body, unless it is larger than allowed. */
async function bodyOf(request, limit) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw new HttpError(413, `A picture may have ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Lets `running` through at a time and keeps `waiting` waiting; more than that are sent away. */
function createGate({ running, waiting }) {
  let active = 0;
  const queue = [];
  return async (work, signal) => {
    if (active >= running) {
      if (queue.length >= waiting) throw new HttpError(503, 'Busy.', { 'retry-after': '1' });
      await new Promise((proceed, cancel) => {
        queue.push(proceed);
        signal.addEventListener('abort', () => {
          queue.splice(queue.indexOf(proceed) >>> 0, 1);
          cancel(signal.reason);
        });
      });
    } else active++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else active--;
    }
  };
}

/** Answers POST /?prompt=TEXT&threshold=T with a PNG of the mask of the picture in the body. */
async function answer(clipSeg, request, { signal, bodyLimit, maxPixels }) {
  if (request.method !== 'POST') throw new HttpError(405, 'POST a picture.', { allow: 'POST' });
  const { searchParams } = new URL(request.url, 'http://server');
  const threshold = Number(searchParams.get('threshold') ?? 0.5);
  const prompt = parsePrompt(searchParams.get('prompt') ?? '');
  await clipSeg.encodePrompts([prompt], { signal }); // a bad prompt is not worth a picture
  const image = await decodeImage(await bodyOf(request, bodyLimit), { signal });
  if (image.width * image.height > maxPixels) {
    throw new HttpError(413, `A picture may have ${maxPixels} pixels.`);
  }
  const segmentation = await clipSeg.segment(image, prompt, { signal });
  return encodeMask(segmentation.segments[0].mask({ threshold }), segmentation);
}

/**
 * A server over a ClipSeg, with limits: a body's bytes, a picture's pixels, requests at a time, and those
 * that wait. Whoever hangs up is not worked for any longer.
 */
export function createSegmentationServer(
  clipSeg,
  { bodyLimit = 8e6, maxPixels = 24e6, running = 1, waiting = 8 } = {},
) {
  const gate = createGate({ running, waiting });
  return createServer(async (request, response) => {
    const controller = new AbortController();
    response.on('close', () => controller.abort());
    const { signal } = controller;
    try {
      const png = await gate(
        () => answer(clipSeg, request, { signal, bodyLimit, maxPixels }),
        signal,
      );
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': png.length });
      response.end(png);
    } catch (error) {
      if (signal.aborted) return;
      const known = ClipSegError.isInstance(error) ? statusOf[error.code] : error.status;
      if (!known) console.error(error);
      const headers = { 'content-type': 'text/plain', connection: 'close', ...error.headers };
      response.writeHead(known ?? 500, headers);
      response.end(known ? error.message : 'Something went wrong.');
    }
  });
}
