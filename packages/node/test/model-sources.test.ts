import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testModelSource } from '@clipseg/core/testing';
import { checkpointSource, folderSource, hubSource, miniSource } from '@clipseg/node/model';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createHubServer, type HubServer } from './support/hub-server.js';

const mini = fileURLToPath(new URL('../../mini/model', import.meta.url));
const checkpoint = fileURLToPath(
  new URL('../../../fixtures/checkpoints/tiny-simple', import.meta.url),
);
const cacheDir = mkdtempSync(join(tmpdir(), 'clipseg-sources-'));
const ID = 'someone/converted';
let server: HubServer;
beforeAll(async () => {
  server = await createHubServer(ID, mini);
});
afterAll(async () => {
  await server.close();
  rmSync(cacheDir, { recursive: true });
});

/** Reads the server's URL when it is opened, as the server starts after tests are collected. */
const hub = () => {
  const options = { cacheDir: join(cacheDir, 'hub'), token: '' };
  return {
    specificationVersion: 1 as const,
    name: ID,
    open: (open = {}) =>
      hubSource(ID, { cacheDir, hub: { ...options, endpoint: server.url } }).open(open),
  };
};

describe.each([
  ['the embedded model', () => miniSource(), 'int8'],
  ['the embedded model, verified', () => miniSource({ verify: 'always' }), undefined],
  ['a folder', () => folderSource(mini, { cacheDir }), 'fp32'],
  ['a folder, never verified', () => folderSource(mini, { verify: 'never' }), undefined],
  ['a checkpoint', () => checkpointSource(checkpoint, { cacheDir }), undefined],
  ['a hub', hub, 'int8'],
] as const)('%s keeps the contract of a model source', (_, source, dtype) => {
  for (const { name, run } of testModelSource({ source: source(), dtype })) it(name, run);
});
