import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNpy } from '@clipseg/core/testing';
import { createClipSeg } from '@clipseg/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = join(root, 'fixtures');

interface Case {
  image: string;
  prompt: string;
  size: number;
  logits: string;
}

describe('an image file and texts give the reference logits', () => {
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'clipseg-'));
  });
  afterAll(() => rm(cacheDir, { recursive: true }));

  it.each([
    [join(fixtures, 'checkpoints/tiny-refined'), 'e2e', 'index-64.json', 'images'],
    ['mini', 'e2e-mini', 'index-320.json', 'scenes/images'],
  ])('%s', async (model, folder, index, images) => {
    const clipSeg = await createClipSeg({ model, cacheDir, selfCheck: true });
    const cases: Case[] = JSON.parse(await readFile(join(fixtures, folder, index), 'utf8'));
    for (const { image, prompt, size, logits } of cases) {
      const path = join(fixtures, images, image);
      const { segments } = await clipSeg.segment(path, prompt, { resolution: size });
      const expected = readNpy(await readFile(join(fixtures, folder, logits)));
      const got = segments[0]!.logits;
      expect(got.length).toBe(expected.length);
      const error = got.reduce((max, v, i) => Math.max(max, Math.abs(v - expected[i]!)), 0);
      expect(error).toBeLessThan(2e-4);
    }
    await clipSeg.dispose();
  });
});
