import { testBackend, testClipSeg } from '@clipseg/core/testing';
import { createClipSeg } from '@clipseg/node';
import { afterAll, describe, expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { threadBackend } from './thread-backend.mjs';

const backend = threadBackend({ threads: 1 });
afterAll(() => backend.close());

describe('the contracts', () => {
  for (const { name, run } of testBackend({ backend })) it(name, run);
  const create = () => createClipSeg({ backend }) as never;
  for (const { name, run } of testClipSeg({ create, size: 96 })) it(name, run);
});

it('leaves the event loop free', async () => {
  const clipSeg = await createClipSeg({ backend });
  const picture = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) } as const;
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await clipSeg.encodeImage(picture, { size: 640 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  await clipSeg.dispose();
});
