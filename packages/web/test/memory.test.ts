import { fileURLToPath } from 'node:url';
import { convert } from '@clipseg/convert';
import { ortNode } from '@clipseg/node/ort';
import { expect, it } from 'vitest';
import type { Lib } from './page/lib.js';
import { stage } from './support/setup.js';

declare const lib: Lib;

const setup = stage();

// Measures the page and its workers, JavaScript and WASM, after garbage collection.
it.each([
  ['a worker', true, 5],
  ['the main thread', false, 60], // its WASM memory never shrinks, and has reached its size by then
])(
  'in %s, 200 instances grow memory by less than 5 %%',
  async (place, worker, warmUp) => {
    const checkpoint = fileURLToPath(
      new URL('../../../fixtures/checkpoints/tiny-refined', import.meta.url),
    );
    await convert({
      checkpoint,
      output: `${setup.folder}/tiny`,
      dtypes: ['fp32'],
      backend: ortNode(),
    });
    const page = await setup.open();
    const { before, after } = await page.evaluate(
      async ([inWorker, first]) => {
        const { measureUserAgentSpecificMemory } = performance as unknown as {
          measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
        };
        const cycles = async (count: number) => {
          for (let i = 0; i < count; i++) {
            const clipSeg = await lib.createClipSeg({
              model: '/own/tiny/',
              dtype: 'fp32',
              threads: 1,
              worker: inWorker,
            });
            await clipSeg.dispose();
          }
          await new Promise((done) => setTimeout(done, 500));
          const { bytes } = await measureUserAgentSpecificMemory.call(performance);
          return bytes;
        };
        const before = await cycles(first);
        return { before, after: await cycles(200) };
      },
      [worker, warmUp] as const,
    );
    console.log(`${place}: ${before} bytes before, ${after} after`);
    expect(after / before).toBeLessThan(1.05);
  },
  600_000,
);
