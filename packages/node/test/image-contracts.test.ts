import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { testDatasetFiles, testImageDecoder } from '@clipseg/core/testing';
import { decodeImage } from '@clipseg/node';
import { datasetFolder } from '@clipseg/node/evaluation';
import { afterAll, beforeAll, describe, it } from 'vitest';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipseg-contracts-'));
});
afterAll(() => rm(root, { recursive: true }));

async function written(file: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}

describe('decodeImage keeps the contract', () => {
  let count = 0;
  for (const { name, run } of [
    ...testImageDecoder({ name: 'bytes', decodeImage, inputOf: (png) => png }),
    ...testImageDecoder({ name: 'Blob', decodeImage, inputOf: (png) => new Blob([png]) }),
    ...testImageDecoder({
      name: 'file',
      decodeImage,
      inputOf: (png) => written(join(root, `${count++}.png`), png),
    }),
  ]) {
    it(name, run);
  }
});

describe('datasetFolder keeps the contract', () => {
  const cases = testDatasetFiles({
    async create(files) {
      const folder = await mkdtemp(join(root, 'dataset-'));
      for (const [path, bytes] of Object.entries(files)) await written(join(folder, path), bytes);
      return datasetFolder(folder);
    },
    decodeImage,
  });
  for (const { name, run } of cases) it(name, run);
});
