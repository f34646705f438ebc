import { expect, it } from 'vitest';
import type { Lib } from './page/lib.js';
import { stage } from './support/setup.js';

declare const lib: Lib;

const { open } = stage();

it.each([
  'ClipSeg in a worker',
  'ClipSeg in the main thread',
  'Cache Storage',
  'Images from Blobs',
  'Images from URLs',
  'WASM, 1 thread',
  'WASM, 2 threads',
  'WebGPU',
])('%s keeps its contract', async (suite) => {
  const page = await open();
  const { count, failures } = await page.evaluate((name) => lib.runSuite(name), suite);
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(5);
});
