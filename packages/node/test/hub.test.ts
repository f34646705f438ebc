import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CreateClipSegOptions, createClipSeg, type Progress } from '@clipseg/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRepoCache } from '../src/hub/cache-layout.js';
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

const open = async (options?: CreateClipSegOptions): Promise<number> =>
  (await logits(options)).length;
async function logits({ hub, ...options }: CreateClipSegOptions = {}): Promise<Float32Array> {
  const clipSeg = await createClipSeg({
    model: ID,
    hub: { cacheDir: join(folder, 'hub'), ...hub },
    ...options,
  });
  const grey = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) } as const;
  const { segments } = await clipSeg.segment(grey, 'a cat');
  await clipSeg.dispose();
  return segments[0]?.logits ?? new Float32Array();
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
  it('is fetched and converted once, into the cache shared with Python', async () => {
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

  it('is read from the cache offline, or the error says what to do', async () => {
    const error = await failure({ hub: { offline: true } });
    expect(error).toMatchObject({ code: 'network', message: /not in the cache.*HF_HUB_OFFLINE/ });
    await open();
    server.clear();
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await open()).toBe(64 * 64);
    expect(server.requests).toEqual([]);
  });

  it('still works when the hub becomes unreachable', async () => {
    await open();
    expect(await open({ hub: { endpoint: 'http://127.0.0.1:9' } })).toBe(64 * 64);
    await rm(repository(), { recursive: true });
    const error = await failure({ hub: { endpoint: 'http://127.0.0.1:9' } });
    expect(error).toMatchObject({ code: 'network', message: /Check the connection/ });
  });

  it('resumes an interrupted download', async () => {
    server.breakAfter = { bytes: 40_000, times: 2 };
    expect(await open()).toBe(64 * 64);
    expect(server.breakAfter.times).toBe(0);
    const ranges = server.headers
      .map(({ range }) => range)
      .filter((range) => range?.match(/^bytes=[1-9]/));
    expect(ranges.length).toBeGreaterThanOrEqual(2);
  });

  it('is retried when the hub is busy', async () => {
    let busy = 2;
    server.intercept = (_, response) => {
      if (busy-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    };
    expect(await open()).toBe(64 * 64);
  });

  it('refuses and removes a damaged file', async () => {
    const bytes = await readFile(join(checkpoint, 'model.safetensors'));
    bytes[bytes.length - 1] = bytes.at(-1)! ^ 1;
    server.replaced.set('model.safetensors', bytes);
    expect(await failure()).toMatchObject({ code: 'network', message: /was damaged/ });
    server.replaced.clear();
    expect(await open()).toBe(64 * 64);
  });

  it('is the same from several weight files, also offline', async () => {
    const weights = server.files.get('model.safetensors')!;
    const expected = await logits();
    const shard = 'model-00001-of-00001.safetensors';
    const index = { weight_map: { 'clip.logit_scale': shard } };
    server.files.delete('model.safetensors');
    server.files.set(shard, weights);
    server.files.set('model.safetensors.index.json', Buffer.from(JSON.stringify(index)));
    vi.stubEnv('HF_HUB_CACHE', join(folder, 'sharded'));
    const cacheDir = join(folder, 'sharded');
    try {
      expect(await logits({ hub: { cacheDir } })).toEqual(expected);
      server.clear();
      vi.stubEnv('CLIPSEG_CACHE', join(folder, 'converted anew'));
      expect(await logits({ hub: { cacheDir, offline: true } })).toEqual(expected);
      expect(server.requests).toEqual([]);
    } finally {
      server.files.delete(shard);
      server.files.delete('model.safetensors.index.json');
      server.files.set('model.safetensors', weights);
    }
  });

  it('is completed if Python cached a commit without the tokenizer', async () => {
    await open();
    const snapshot = join(repository(), 'snapshots', COMMIT);
    for (const file of ['vocab.json', 'merges.txt']) await rm(join(snapshot, file));
    await rm(join(folder, 'converted'), { recursive: true });
    const error = await failure({ hub: { revision: COMMIT, offline: true } });
    const message = /lacks vocab.json, merges.txt, and offline/;
    expect(error).toMatchObject({ code: 'network', message: expect.stringMatching(message) });
    expect(await open({ hub: { revision: COMMIT } })).toBe(64 * 64);
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

  it('leaves nothing incomplete when aborted, and works the next time', async () => {
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

  it('is converted once for two concurrent calls', async () => {
    expect(await Promise.all([open(), open()])).toEqual([64 * 64, 64 * 64]);
    expect((await readdir(join(folder, 'converted'))).length).toBe(1);
    expect(fetched('model.safetensors').length).toBeGreaterThan(0);
  });
});

/** Runs with a small disk, if this process may mount one. */
async function onSmallDisk(skip: (reason: string) => void, use: (disk: string) => Promise<void>) {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'pipe' });
  } catch (error) {
    const reason = `needs the right to mount a disk: ${(error as Error).message.split('\n')[0]}`;
    console.warn(`skipped: ${reason}`);
    return skip(reason);
  }
  try {
    await use(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
}

it('a full disk is reported, and the download continues once there is space', ({ skip }) =>
  onSmallDisk(skip, async (disk) => {
    const cacheDir = join(disk, 'hub');
    const message =
      /cannot be stored in .*the disk is full \(ENOSPC\). Free some space, or set HF_HOME/;
    const full = { code: 'io', message: expect.stringMatching(message) };
    expect(await failure({ hub: { cacheDir } })).toMatchObject(full);
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    server.clear();
    expect(await open({ hub: { cacheDir } })).toBe(64 * 64);
    expect(server.headers.some(({ range }) => range?.startsWith('bytes='))).toBe(true); // resumed
    const files = await readdir(disk, { recursive: true });
    expect(files.filter((file) => file.endsWith('.incomplete'))).toEqual([]);
  }));

it('a read-only cache is used, and a message says that it cannot be extended', ({ skip }) =>
  onSmallDisk(skip, async (disk) => {
    const cacheDir = join(disk, 'hub');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const message = /no permission to write .*hub \(EROFS\). Allow it, or set HF_HOME/;
    const refused = { code: 'io', message: expect.stringMatching(message) };
    expect(await failure({ hub: { cacheDir } })).toMatchObject(refused);
    execFileSync('mount', ['-o', 'remount,rw,size=64m', disk]);
    await open({ hub: { cacheDir } });
    await rm(join(cacheDir, 'models--someone--tiny-refined/refs'), { recursive: true });
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    expect(await open({ hub: { cacheDir } })).toBe(64 * 64);
  }));

it.each([true, false])(
  'a cache without links, as Python keeps it (a new blob: %s)',
  async (isNew) => {
    const cache = openRepoCache({ hubCacheDir: join(folder, 'hub'), id: ID });
    const oid = 'a'.repeat(40);
    const blob = join(await cache.blobsFolder(), oid);
    await writeFile(blob, 'content');
    const noLinks = async () => {
      throw Object.assign(new Error('no links here'), { code: 'EPERM' });
    };
    await cache.linkBlob(oid, COMMIT, 'config.json', isNew, noLinks);
    const found = await cache.find(COMMIT, 'config.json');
    expect(await readFile(found?.path as string, 'utf8')).toBe('content');
    expect(found?.oid).toBeUndefined();
    expect(existsSync(blob)).toBe(!isNew);
  },
);

it('a name that is neither a folder nor a hub id is refused', async () => {
  expect(await failure({ model: 'no such model' })).toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/neither a local folder nor a hub id/),
  });
});

it('a missing folder that might be a hub model is reported as both', async () => {
  expect(await failure({ model: 'models/clipseg' })).toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(
      /^There is no local folder models\/clipseg, and the hub has no model models\/clipseg/,
    ),
  });
});
