import { decodeImage } from '@clipseg/node';
import { toMaskPng } from '@clipseg/node/formats';
import { busy } from './errors.mjs';
import { createGate } from './gate.mjs';
import { checkHeaders, readQuery } from './request.mjs';
import { createUploads } from './uploads.mjs';

/** Returns the promise's result, unless the signal fires first. */
function orAbort(promise, signal) {
  const aborted = new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, aborted]);
}

/** Turns an image and a prompt into a mask: first cheap checks, then the body, then a slot. */
export function createMaskAnswer(clipSeg, limits) {
  const gate = createGate(limits);
  const uploads = createUploads(limits);
  const receiving = new Set();

  async function segment(body, { prompt, threshold }, signal) {
    const image = await decodeImage(body, { signal, maxPixels: limits.maxPixels });
    const segmentation = await clipSeg.segment(image, prompt, { signal });
    return toMaskPng(segmentation.segments[0].mask({ threshold }), segmentation);
  }

  async function receive(request, proceed, controller) {
    receiving.add(controller);
    try {
      const received = uploads.receive(request, controller.signal);
      proceed();
      return await received;
    } finally {
      receiving.delete(controller);
    }
  }

  async function answer(request, url, proceed, controller) {
    checkHeaders(request);
    const query = readQuery(url, limits);
    if (gate.full) throw busy('The queue is full.');
    const { body, release } = await receive(request, proceed, controller);
    const { signal } = controller;
    const work = () => {
      const late = () => controller.abort(busy('The image took too long to process.'));
      const deadline = setTimeout(late, limits.workTimeout);
      return segment(body, query, signal).finally(() => clearTimeout(deadline));
    };
    const png = gate.run(work, signal).finally(release);
    const headers = { 'content-type': 'image/png' };
    return { status: 200, headers, body: await orAbort(png, signal) };
  }

  return {
    answer,
    /** Rejects the uploads that are still arriving. */
    stop(reason) {
      for (const controller of receiving) controller.abort(reason);
    },
  };
}
