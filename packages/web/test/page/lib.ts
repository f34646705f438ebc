// The functions that tests call in the page: the published package and the contract suites.

import * as masking from '@clipseg/core/masking';
import {
  type ContractCase,
  testBackend,
  testByteStore,
  testClipSeg,
  testImageDecoder,
} from '@clipseg/core/testing';
import * as web from '@clipseg/web';
import { loseGpu } from './lose-gpu.js';

const suites: Record<string, () => ContractCase[]> = {
  'ClipSeg in a worker': () => testClipSeg({ create: () => web.createClipSeg(), resolution: 64 }),
  'ClipSeg in the main thread': () =>
    testClipSeg({ create: () => web.createClipSeg({ worker: false }), resolution: 64 }),
  'Cache Storage': () =>
    testByteStore({
      async create() {
        await caches.delete('suite');
        return web.cacheStore('suite');
      },
    }),
  'Images from Blobs': () =>
    testImageDecoder({
      decodeImage: web.decodeImage,
      inputOf: (png) => new Blob([png]),
    }),
  'Images from URLs': () =>
    testImageDecoder({
      decodeImage: web.decodeImage,
      inputOf: (png) => URL.createObjectURL(new Blob([png])),
    }),
  'WASM, 1 thread': () => testBackend({ backend: web.ortWeb({ threads: 1 }) }),
  'WASM, 2 threads': () => testBackend({ backend: web.ortWeb({ threads: 2 }) }),
  WebGPU: () => testBackend({ backend: web.ortWeb({ device: 'webgpu' }) }),
};

/** Runs a contract suite. Returns the number of cases, and the failures. */
async function runSuite(name: string): Promise<{ count: number; failures: string[] }> {
  const cases = suites[name]?.() ?? [];
  const failures: string[] = [];
  for (const { name, run } of cases) {
    await run().catch((error) => failures.push(`${name}: ${error.stack ?? error}`));
  }
  return { count: cases.length, failures };
}

/** Returns the outcome of a promise as data. */
const outcome = (promise: Promise<unknown>): Promise<{ code?: string; message: string }> =>
  promise.then(
    () => ({ message: 'no error' }),
    (error) => ({ code: error.code, message: String(error.message) }),
  );

/** Packs a mask into text, eight pixels per character. */
function packMask(mask: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(mask.length / 8));
  for (let i = 0; i < mask.length; i++) {
    bytes[i >> 3] = bytes[i >> 3]! | (mask[i]! << (i & 7));
  }
  return String.fromCharCode(...bytes);
}

const lib = { ...web, masking, runSuite, outcome, packMask, loseGpu };
export type Lib = typeof lib;
Object.assign(globalThis, { lib });
