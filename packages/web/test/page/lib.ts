// The functions that tests call in the page: the published package and the contract suites.

import * as masking from '@clipseg/core/prompts';
import {
  type ContractCase,
  testBackend,
  testByteStore,
  testClipSeg,
  testImageDecoder,
} from '@clipseg/core/testing';
import * as root from '@clipseg/web';
import * as canvas from '@clipseg/web/canvas';
import { cacheStore, downloadSizes } from '@clipseg/web/model';
import { ortWeb } from '@clipseg/web/ort';
import { loseGpu } from './lose-gpu.js';

const suites: Record<string, () => ContractCase[]> = {
  'ClipSeg in a worker': () => testClipSeg({ create: () => root.createClipSeg(), resolution: 64 }),
  'ClipSeg in the main thread': () =>
    testClipSeg({ create: () => root.createClipSeg({ worker: false }), resolution: 64 }),
  'Cache Storage': () =>
    testByteStore({
      async create() {
        await caches.delete('suite');
        return cacheStore('suite');
      },
    }),
  'Images from Blobs': () =>
    testImageDecoder({
      decodeImage: root.decodeImage,
      inputOf: (png) => new Blob([png]),
    }),
  'Images from URLs': () =>
    testImageDecoder({
      decodeImage: root.decodeImage,
      inputOf: (png) => URL.createObjectURL(new Blob([png])),
    }),
  'WASM, 1 thread': () => testBackend({ backend: ortWeb({ threads: 1 }) }),
  'WASM, 2 threads': () => testBackend({ backend: ortWeb({ threads: 2 }) }),
  WebGPU: () => testBackend({ backend: ortWeb({ device: 'webgpu' }) }),
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

const helpers = { masking, cacheStore, downloadSizes, runSuite, outcome, packMask, loseGpu };
export type Lib = typeof root & typeof canvas & typeof helpers;
const lib: Lib = { ...root, ...canvas, ...helpers };
Object.assign(globalThis, { lib });
