import { ClipSegError, createClipSeg, decodeImage, parsePrompt, toMaskPng } from '@clipseg/node';
import { createBodies } from './bodies.js';
import { busy, HttpError } from './http-error.js';

/** What the client is told of an error, by its code. */
const statusOf = {
  'invalid-image': 415,
  'invalid-prompt': 422,
  'invalid-argument': 422,
};

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

const defaults = {
  ...{ bodyLimit: 8e6, heldBytes: 64e6, bodyTimeout: 30_000, stallTimeout: 5000 },
  ...{ maxPixels: 24e6, promptLength: 500, requests: 4, workTimeout: 30_000 },
};

/** The query's prompt and threshold, before a byte of the body is read. */
function readQuery({ url }, { promptLength }) {
  const { searchParams } = new URL(url);
  const text = searchParams.get('prompt') ?? '';
  if (text.length > promptLength) {
    throw new HttpError(422, `A prompt may have ${promptLength} characters.`);
  }
  const asked = searchParams.get('threshold') ?? '0.5';
  const threshold = /^[\d.]+$/.test(asked) ? Number(asked) : Number.NaN;
  if (threshold >= 0 && threshold <= 1) return { prompt: parsePrompt(text), threshold };
  throw new HttpError(422, 'The threshold is a number from 0 to 1.');
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
 * Bounds a body's bytes and time, a picture's pixels, and the requests at work, of which ONNX Runtime works on
 * one at a time. A place is taken by a complete body, and kept until its work has ended. Whoever leaves is not
 * worked for any longer.
 */
export function createMaskHandler(options = {}) {
  const limits = { ...defaults, ...options };
  const { maxPixels, requests, workTimeout } = limits;
  const clipSeg = createShared(createClipSeg);
  const receive = createBodies(limits);
  let atWork = 0;

  async function maskOf(body, { prompt, threshold }, signal) {
    atWork++;
    try {
      const image = await decodeImage(body, { signal, maxPixels });
      const found = await (await clipSeg()).segment(image, prompt, { signal });
      return toMaskPng(found.segments[0].mask({ threshold }), found);
    } finally {
      atWork--;
    }
  }

  return async (request) => {
    try {
      const query = readQuery(request, limits);
      const body = await receive(request);
      if (atWork >= requests) throw busy();
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
