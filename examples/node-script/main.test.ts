import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodeImage } from '@clipseg/node';
import { afterAll, beforeAll, expect, it } from 'vitest';

const script = fileURLToPath(new URL('main.mjs', import.meta.url));
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'clipseg-script-'));
});
afterAll(() => rm(cwd, { recursive: true }));
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [script, ...args], { cwd });

it('cuts out the dog', async () => {
  expect((await run()).stdout).toBe('dog -> cutout.png\n');
  const { width, height } = await decodeImage(await readFile(join(cwd, 'cutout.png')));
  expect(width).toBeLessThan(250); // of 640
  expect(height).toBeLessThan(250);
});

it('says that an object is not there', async () => {
  const image = fileURLToPath(new URL('../images/meadow.png', import.meta.url));
  await expect(run(image, 'violin')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no violin'),
  });
});
