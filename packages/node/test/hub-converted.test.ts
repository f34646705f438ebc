import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClipSeg } from '@clipseg/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { COMMIT, createHubServer, type HubServer } from './support/hub-server.js';

// Repositories with the output of `clipseg convert` and other files.

const mini = fileURLToPath(new URL('../../mini/model', import.meta.url));
const ID = 'someone/converted';
let folder: string;
let server: HubServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-hub-'));
  await cp(mini, join(folder, 'model'), { recursive: true });
  await writeFile(join(folder, 'model/README.md'), 'a model card');
  server = await createHubServer(ID, join(folder, 'model'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const hubCache = () => join(folder, 'hub');
const open = async () => {
  const hub = { endpoint: server.url, cacheDir: hubCache(), token: '' };
  const clipSeg = await createClipSeg({ model: ID, hub });
  await clipSeg.dispose();
};
const larger = (path: string, size: number) => {
  server.list = (entries) =>
    entries.map((entry) =>
      entry.path === path
        ? { ...entry, size, ...(entry.lfs && { lfs: { ...entry.lfs, size } }) }
        : entry,
    );
};

it('fetches only the files in the manifest', async () => {
  larger('README.md', 2 ** 35);
  await open();
  const snapshot = join(hubCache(), 'models--someone--converted/snapshots', COMMIT);
  const names = (await readdir(mini)).sort();
  expect((await readdir(snapshot)).sort()).toEqual(names);
});

it('refuses a graph whose size differs between the hub and the manifest', async () => {
  larger('decoder.onnx', 2 ** 33);
  await expect(open()).rejects.toMatchObject({
    code: 'network',
    message: expect.stringMatching(
      /it lists decoder\.onnx with 8589934592 bytes, its clipseg\.json/,
    ),
  });
  expect(server.requests.filter((request) => request.includes('decoder'))).toEqual([]);
});
