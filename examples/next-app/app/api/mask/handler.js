import { ClipSegError, createClipSeg, decodeImage, encodeMask, parsePrompt } from '@clipseg/node';

/** What the client is told of an error, by its code. */
const statusOf = {
  'invalid-image': 415,
  'invalid-prompt': 422,
  'invalid-argument': 422,
  aborted: 499,
};

/** A problem of the request, with the status it is answered with. */
class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The body, unless it is larger than allowed. */
async function bodyOf({ body }, limit) {
  const chunks = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > limit) throw new HttpError(413, `A picture may have ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** One ClipSeg for the process, loaded by the first who asks; a failure is not kept. */
function createShared(create) {
  let shared;
  return () => {
    shared ??= create().catch((error) => {
      shared = undefined;
      throw error;
    });
    return shared;
  };
}

/**
 * Bounds a body's bytes, a picture's pixels, and the requests under way, of which ONNX Runtime works on
 * one at a time. Whoever leaves is not worked for any longer.
 */
export function createMaskHandler({ bodyLimit = 8e6, maxPixels = 24e6, requests = 4 } = {}) {
  const clipSeg = createShared(createClipSeg);
  let underWay = 0;

  async function maskOf(request) {
    const { signal, url } = request;
    const { searchParams } = new URL(url);
    const prompt = parsePrompt(searchParams.get('prompt') ?? '');
    const threshold = Number(searchParams.get('threshold') ?? 0.5);
    const image = await decodeImage(await bodyOf(request, bodyLimit), { signal });
    if (image.width * image.height > maxPixels) {
      throw new HttpError(413, `A picture may have ${maxPixels} pixels.`);
    }
    const found = await (await clipSeg()).segment(image, prompt, { signal });
    return encodeMask(found.segments[0].mask({ threshold }), found);
  }

  return async (request) => {
    if (underWay >= requests) {
      return new Response('Busy.', { status: 503, headers: { 'retry-after': '1' } });
    }
    underWay++;
    try {
      return new Response(await maskOf(request), { headers: { 'content-type': 'image/png' } });
    } catch (error) {
      if (request.signal.aborted) return new Response(null, { status: 499 });
      const known = ClipSegError.isInstance(error) ? statusOf[error.code] : error.status;
      if (!known) console.error(error);
      return new Response(known ? error.message : 'Something went wrong.', {
        status: known ?? 500,
      });
    } finally {
      underWay--;
    }
  };
}
