import { ClipSegError, createClipSeg, decodeImage, parsePrompt } from '@clipseg/node';
import { toMaskPng } from '@clipseg/node/formats';
import { createBodies } from './bodies.js';
import { busy, HttpError } from './http-error.js';

/** Statuses of the library's errors that the client may see, by their code. */
const statusOf = {
  'invalid-image': 415,
  'invalid-prompt': 422,
  'invalid-argument': 422,
};

/** Shares one ClipSeg in the process. The first request loads it; a failure is not kept. */
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

const defaults = {
  ...{ bodyLimit: 8e6, heldBytes: 64e6, bodyTimeout: 30_000, stallTimeout: 5000 },
  ...{ maxPixels: 24e6, promptLength: 500, requests: 4, workTimeout: 30_000 },
};

/** Reads the prompt and the threshold from the query, before the body is read. */
function readQuery({ url }, { promptLength }) {
  const { searchParams } = new URL(url);
  const text = searchParams.get('prompt') ?? '';
  if (text.length > promptLength) {
    throw new HttpError(422, `A prompt may have at most ${promptLength} characters.`);
  }
  const value = searchParams.get('threshold') ?? '0.5';
  const threshold = /^[\d.]+$/.test(value) ? Number(value) : Number.NaN;
  if (threshold >= 0 && threshold <= 1) return { prompt: parsePrompt(text), threshold };
  throw new HttpError(422, 'The threshold must be a number from 0 to 1.');
}

function statusFor(error) {
  if (!ClipSegError.isInstance(error)) return error.status;
  const tooLarge = error.code === 'invalid-image' && error.message.includes('maxPixels');
  return tooLarge ? 413 : statusOf[error.code];
}

function problem(error) {
  const known = statusFor(error);
  if (!known) console.error(error);
  const message = known ? error.message.slice(0, 500) : 'Something went wrong.';
  return new Response(message, { status: known ?? 500, headers: error.headers });
}

/**
 * Limits the bytes and time of a body, the pixels of an image, and the number of requests in
 * progress, which ONNX Runtime runs one at a time. Only a complete body takes a slot, and keeps it
 * until its work has ended. If the client leaves, its work stops.
 */
export function createMaskHandler(options = {}) {
  const limits = { ...defaults, ...options };
  const { maxPixels, requests, workTimeout } = limits;
  const clipSeg = createShared(createClipSeg);
  const receive = createBodies(limits);
  let running = 0;

  async function maskOf(body, { prompt, threshold }, signal) {
    running++;
    try {
      const image = await decodeImage(body, { signal, maxPixels });
      const segmentation = await (await clipSeg()).segment(image, prompt, { signal });
      return toMaskPng(segmentation.segments[0].mask({ threshold }), segmentation);
    } finally {
      running--;
    }
  }

  return async (request) => {
    try {
      const query = readQuery(request, limits);
      const body = await receive(request);
      if (running >= requests) throw busy();
      const late = AbortSignal.timeout(workTimeout);
      const work = maskOf(body, query, AbortSignal.any([request.signal, late]));
      const png = await work.catch((error) => {
        throw late.aborted ? busy() : error;
      });
      return new Response(png, { headers: { 'content-type': 'image/png' } });
    } catch (error) {
      return request.signal.aborted ? new Response(null, { status: 499 }) : problem(error);
    }
  };
}
