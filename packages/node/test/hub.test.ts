import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CreateClipSegOptions, createClipSeg, type Progress } from '@clipseg/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMIT, createHubServer, type HubServer } from './support/hub-server.js';

const checkpoint = fileURLToPath(
  new URL('../../../fixtures/checkpoints/tiny-refined', import.meta.url),
);
const ID = 'someone/tiny-refined';
let server: HubServer;
let folder: string;

beforeAll(async () => {
  server = await createHubServer(ID, checkpoint);
});
afterAll(() => server.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-hub-'));
  server.clear();
  server.intercept = undefined;
  server.breakAfter = undefined;
  server.replaced.clear();
  vi.stubEnv('HF_ENDPOINT', server.url);
  vi.stubEnv('HF_HOME', folder);
  vi.stubEnv('HF_HUB_CACHE', undefined);
  vi.stubEnv('CLIPSEG_CACHE', join(folder, 'converted'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function open(options: CreateClipSegOptions = {}): Promise<number> {
  const clipSeg = await createClipSeg({
    model: ID,
    hubCacheDir: join(folder, 'hub'),
    ...options,
  });
  const grey = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) } as const;
  const { segments } = await clipSeg.segment(grey, 'a cat');
  await clipSeg.dispose();
  return segments[0]?.logits.length ?? 0;
}
const repository = () => join(folder, 'hub', 'models--someone--tiny-refined');
const fetched = (file: string) =>
  server.requests.filter((request) => request === `GET /${ID}/resolve/${COMMIT}/${file}`);
const failure = (options?: CreateClipSegOptions) =>
  open(options).then(
    () => undefined,
    (error) => error,
  );

describe('a hub model', () => {
  it('is fetched and converted once, into the cache that Python shares', async () => {
    const progress: Progress[] = [];
    expect(await open({ onProgress: (p) => progress.push(p) })).toBe(64 * 64);
    expect(await readFile(join(repository(), 'refs/main'), 'utf8')).toBe(COMMIT);
    const snapshot = await readdir(join(repository(), 'snapshots', COMMIT));
    expect(snapshot).toEqual(expect.arrayContaining(['config.json', 'model.safetensors']));
    expect(snapshot).not.toContain('goldens.safetensors'); // only what a conversion needs
    expect((await readdir(join(repository(), 'blobs'))).length).toBe(snapshot.length);
    const weights = progress.filter(({ file }) => file === 'model.safetensors');
    expect(weights.at(-1)?.loadedBytes).toBe(weights.at(-1)?.totalBytes);
    expect(new Set(progress.map(({ stage }) => stage))).toEqual(new Set(['download', 'convert']));

    server.clear();
    const again: string[] = [];
    expect(await open({ onProgress: ({ stage }) => again.push(stage) })).toBe(64 * 64);
    expect(server.requests.filter((request) => request.includes('/resolve/'))).toEqual([]);
    expect(again).toEqual([]);
  });

  it('sends the token', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    await open();
    const tokens = new Set(server.headers.map(({ authorization }) => authorization));
    expect(tokens).toEqual(new Set(['Bearer hf_secret']));
  });

  it('offline comes from the cache, or says what to do', async () => {
    const error = await failure({ offline: true });
    expect(error).toMatchObject({ code: 'network', message: /not in the cache.*HF_HUB_OFFLINE/ });
    await open();
    server.clear();
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await open()).toBe(64 * 64);
    expect(server.requests).toEqual([]);
  });

  it('still works when the hub cannot be reached any more', async () => {
    await open();
    expect(await open({ endpoint: 'http://127.0.0.1:9' })).toBe(64 * 64);
    await rm(repository(), { recursive: true });
    const error = await failure({ endpoint: 'http://127.0.0.1:9' });
    expect(error).toMatchObject({ code: 'network', message: /Check the connection/ });
  });

  it('goes on where a download broke off', async () => {
    server.breakAfter = { bytes: 40_000, times: 2 };
    expect(await open()).toBe(64 * 64);
    expect(server.breakAfter.times).toBe(0);
    const ranges = server.headers
      .map(({ range }) => range)
      .filter((range) => range?.match(/^bytes=[1-9]/));
    expect(ranges.length).toBeGreaterThanOrEqual(2);
  });

  it('tries again when the hub is busy', async () => {
    let busy = 2;
    server.intercept = (_, response) => {
      if (busy-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    };
    expect(await open()).toBe(64 * 64);
  });

  it('refuses and removes a file that arrives damaged', async () => {
    const bytes = await readFile(join(checkpoint, 'model.safetensors'));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    server.replaced.set('model.safetensors', bytes);
    expect(await failure()).toMatchObject({ code: 'network', message: /arrived damaged/ });
    server.replaced.clear();
    expect(await open()).toBe(64 * 64);
  });

  it.each([
    [401, 'network', /private, gated or does not exist.*HF_TOKEN/],
    [404, 'not-found', /no model someone\/tiny-refined at revision main/],
    [418, 'network', /it answers 418/],
  ])('%i', async (status, code, message) => {
    server.intercept = (_, response) => {
      response.writeHead(status).end('{}');
      return true;
    };
    expect(await failure()).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('aborted in the middle leaves nothing half, and works the next time', async () => {
    const controller = new AbortController();
    const onProgress = ({ file }: Progress) => {
      if (file === 'model.safetensors') controller.abort(new Error('enough'));
    };
    const error = await failure({ signal: controller.signal, onProgress });
    expect(error).toMatchObject({ code: 'aborted' });
    const snapshot = join(repository(), 'snapshots', COMMIT, 'model.safetensors');
    expect(existsSync(snapshot)).toBe(false);
    expect(
      existsSync(join(folder, 'converted')) ? await readdir(join(folder, 'converted')) : [],
    ).toEqual([]);
    expect(await open()).toBe(64 * 64);
  });

  it('two at once are served from one conversion', async () => {
    expect(await Promise.all([open(), open()])).toEqual([64 * 64, 64 * 64]);
    expect((await readdir(join(folder, 'converted'))).length).toBe(1);
    expect(fetched('model.safetensors').length).toBeGreaterThan(0);
  });
});

it('a name that is neither a folder nor a hub id', async () => {
  expect(await failure({ model: 'no such model' })).toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/no folder here and no hub id/),
  });
});
