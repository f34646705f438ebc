import { spawnSync } from 'node:child_process';
import { testBackend, testClipSeg } from '@clipseg/core/testing';
import { createClipSeg } from '@clipseg/node';
import { afterAll, describe, expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { threadBackend } from './thread-backend.mjs';

const backend = threadBackend({ threads: 1 });
afterAll(() => backend.close());

describe('the contracts', () => {
  for (const { name, run } of testBackend({ backend })) it(name, run);
  const create = () => createClipSeg({ backend });
  for (const { name, run } of testClipSeg({ create, resolution: 96 })) it(name, run);
});

it('leaves the event loop free', async () => {
  const clipSeg = await createClipSeg({ backend });
  const image = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) } as const;
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await clipSeg.encodeImage(image, { resolution: 640 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  await clipSeg.dispose();
});

// onnxruntime-node ends the process (`Napi::Error`, SIGABRT) if a thread is terminated during a
// run.
it('can be closed at any time', () => {
  const script = `
    import { createClipSeg } from '@clipseg/node';
    import { threadBackend } from './thread-backend.mjs';
    const image = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) };
    for (let i = 0; i < 6; i++) {
      const backend = threadBackend({ threads: 1 });
      const clipSeg = await createClipSeg({ backend });
      const run = clipSeg.encodeImage(image, { resolution: 320 }).catch((error) => error.code);
      await new Promise((done) => setTimeout(done, 10 * i));
      await backend.close();
      await run;
      const error = await clipSeg.segment(image, 'cow').catch((caught) => caught);
      console.log(error.code);
    }`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script],
    { cwd: import.meta.dirname, encoding: 'utf8', timeout: 60_000 },
  );
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  expect(stdout).toBe('backend\n'.repeat(6));
});
