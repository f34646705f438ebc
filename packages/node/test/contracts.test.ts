import { testBackend, testClipSeg } from '@clipseg/core/testing';
import { createClipSeg } from '@clipseg/node';
import { ortNode } from '@clipseg/node/ort';
import { describe, it } from 'vitest';

describe('Node.js fulfills the contracts', () => {
  for (const { name, run } of [
    ...testBackend({ backend: ortNode() }),
    ...testClipSeg({ create: () => createClipSeg(), resolution: 128 }),
  ]) {
    it(name, run);
  }
});
