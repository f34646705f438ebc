import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Progress } from '@clipseg/core';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Lib } from './page/lib.js';
import { stage } from './support/setup.js';

declare const lib: Lib;

const setup = stage();
const { open } = setup;
const mini = fileURLToPath(new URL('../../mini/model', import.meta.url));
const model = () => join(setup.folder, 'model');
const requested = (file: string) =>
  setup.server.requests.filter(({ path }) => path === `/own/model/${file}`);
const LARGE = 'vision_encoder_int8.onnx';
const size = readFileSync(join(mini, LARGE)).length;

beforeEach(() => {
  rmSync(model(), { recursive: true, force: true });
  cpSync(mini, model(), { recursive: true });
});

interface Loaded {
  readonly error?: { code?: string; message: string };
  readonly area?: number;
  readonly progress: Progress[];
}

/** Loads the model in the page and segments something with it. */
function load(page: Page, options: object = {}): Promise<Loaded> {
  return page.evaluate(async (own) => {
    const progress: Progress[] = [];
    const create = lib.createClipSeg({
      ...{ model: '/own/model/', dtype: 'int8', onProgress: (one: Progress) => progress.push(one) },
      ...own,
    });
    const error = await lib.outcome(create);
    if (error.code) return { error, progress };
    const clipSeg = await create;
    const { segments } = await clipSeg.segment('/fixtures/scenes/images/000.png', 'teapot');
    await clipSeg.dispose();
    return { area: lib.maskArea(segments[0]!.mask()), progress };
  }, options);
}

describe('a download', () => {
  it('reports every byte, and the sum over all files', async () => {
    const { progress, area } = await load(await open());
    expect(area).toBeGreaterThan(1000);
    const last = new Map(progress.map((one) => [one.file, one]));
    expect([...last.keys()].toSorted()).toEqual(
      [
        ...['decoder.onnx', 'merges.txt', 'position_embedding.bin'],
        ...['text_encoder_int8.onnx', LARGE, 'vocab.json'].toSorted(),
      ].toSorted(),
    );
    for (const { loadedBytes, totalBytes } of last.values()) expect(loadedBytes).toBe(totalBytes);
    const totals = new Set(progress.map(({ overall }) => overall?.totalBytes));
    const sum = [...last.values()].reduce((total, { totalBytes }) => total + totalBytes, 0);
    expect([...totals]).toEqual([sum]); // known from the first report on
    expect(progress.at(-1)?.overall?.loadedBytes).toBe(sum);
  });

  it('that is cut at ten random bytes goes on where it was, and is right', async () => {
    const cuts = Array.from({ length: 10 }, () => Math.floor(Math.random() * size)).toSorted(
      (a, b) => a - b,
    );
    console.log(`cut at ${cuts.join(', ')}`);
    let next = 0;
    setup.server.deliver = (delivery) => {
      if (!delivery.path.endsWith(LARGE) || next === cuts.length) return false;
      const from = size - delivery.bytes.length;
      delivery.cutAfter = Math.max(0, cuts[next++]! - from);
      return false;
    };
    const { area, error } = await load(await open());
    expect(error).toBeUndefined();
    expect(area).toBeGreaterThan(1000);
    const starts = requested(LARGE).map(({ range }) => Number(/\d+/.exec(range ?? '0')));
    expect(starts.length).toBe(11);
    // What the browser had not handed on when the connection broke is asked for again, no more.
    for (const [i, start] of starts.slice(1).entries()) {
      expect(start).toBeLessThanOrEqual(cuts[i]!);
      expect(start).toBeGreaterThanOrEqual(starts[i]!);
    }
    expect(starts.at(-1)).toBeGreaterThan(0);
  });

  it('starts anew where the server knows no ranges', async () => {
    setup.server.ranges = false;
    let cut = false;
    setup.server.deliver = (delivery) => {
      if (delivery.path.endsWith(LARGE) && !cut) delivery.cutAfter = 1_000_000;
      cut ||= delivery.path.endsWith(LARGE);
      return false;
    };
    expect((await load(await open())).area).toBeGreaterThan(1000);
    expect(requested(LARGE).map(({ range }) => range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
  });

  it('goes on after the page was closed', async () => {
    const first = await open();
    setup.server.deliver = (delivery) => {
      if (delivery.path.endsWith(LARGE)) delivery.cutAfter = 2_000_000;
      if (delivery.path.endsWith(LARGE) && delivery.request.headers.range) {
        delivery.response.writeHead(403).end();
        return true;
      }
      return false;
    };
    const { error } = await load(first);
    expect(error).toMatchObject({ code: 'network', message: /403.*kept; try again/ });
    setup.server.reset();
    const second = await open({ keep: first });
    await first.close();
    expect((await load(second)).area).toBeGreaterThan(1000);
    expect(requested(LARGE).map(({ range }) => range)).toEqual([
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
    expect(requested('decoder.onnx').length).toBe(0); // that one had arrived
  });

  it('waits for a busy server', async () => {
    let refusals = 0;
    setup.server.deliver = (delivery) => {
      if (!delivery.path.endsWith(LARGE) || refusals++ > 1) return false;
      delivery.response.writeHead(503).end();
      return true;
    };
    expect((await load(await open())).area).toBeGreaterThan(1000);
    expect(requested(LARGE).length).toBe(3);
  });

  it('can be aborted, and leaves what has arrived', async () => {
    const page = await open();
    setup.server.deliver = (delivery) => {
      if (!delivery.path.endsWith(LARGE)) return false;
      delivery.response.writeHead(200, {
        'content-length': size,
        'cross-origin-resource-policy': 'same-origin',
      });
      delivery.response.write(delivery.bytes.subarray(0, 1_500_000));
      const more = () => delivery.response.write(delivery.bytes.subarray(0, 1)); // and never the rest
      setTimeout(more, 500);
      return true;
    };
    const code = await page.evaluate(async (file) => {
      const controller = new AbortController();
      const onProgress = (one: Progress) => {
        if (one.file === file && one.loadedBytes >= 1_500_000) controller.abort();
      };
      const { signal } = controller;
      const create = lib.createClipSeg({ model: '/own/model/', dtype: 'int8', onProgress, signal });
      return (await lib.outcome(create)).code;
    }, LARGE);
    expect(code).toBe('aborted');
  });
});

describe('a damaged file', () => {
  const flip = (bytes: Uint8Array, at: number) => {
    bytes[at] = bytes[at]! ^ 1;
  };

  it('is refused and fetched again', async () => {
    let flipped = 0;
    setup.server.deliver = (delivery) => {
      if (delivery.path.endsWith(LARGE) && flipped++ === 0) flip(delivery.bytes, 1_234_567);
      return false;
    };
    expect((await load(await open())).area).toBeGreaterThan(1000);
    expect(requested(LARGE).map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it('that stays damaged is an error', async () => {
    setup.server.deliver = (delivery) => {
      if (delivery.path.endsWith(LARGE)) flip(delivery.bytes, 7);
      return false;
    };
    const { error } = await load(await open());
    expect(error).toMatchObject({ code: 'invalid-model', message: /SHA-256 differs/ });
    expect(requested(LARGE).length).toBe(2);
  });

  it('in the cache is found and fetched again', async () => {
    const page = await open();
    await load(page);
    const damaged = await page.evaluate(async (bytes) => {
      const store = lib.cacheStore();
      for (const key of await store.keys()) {
        const held = await store.read(key);
        if (held.length !== bytes) continue;
        held[99] = held[99]! ^ 128;
        await store.write(key, 0, held);
        return true;
      }
      return false;
    }, size);
    expect(damaged).toBe(true);
    setup.server.reset();
    expect((await load(page)).area).toBeGreaterThan(1000);
    expect(requested(LARGE).length).toBe(1);
    expect(requested('decoder.onnx').length).toBe(0);
  });

  it('is found in an insecure page too, where the browser has no digest and no cache', async () => {
    let flipped = 0;
    setup.server.deliver = (delivery) => {
      if (delivery.path.endsWith(LARGE) && flipped++ === 0) flip(delivery.bytes, 5);
      return false;
    };
    const page = await open({ host: 'insecure.test' });
    expect(await page.evaluate(() => [isSecureContext, 'caches' in globalThis])).toEqual([
      false,
      false,
    ]);
    expect((await load(page)).area).toBeGreaterThan(1000);
    expect(requested(LARGE).length).toBe(2);
  });
});

describe('how much there is to fetch', () => {
  const sizes = (page: Page, own = {}) =>
    page.evaluate((more) => lib.downloadSizes({ model: '/own/model/', ...more }), own);

  it('is known before, for every dtype, and less what the cache holds', async () => {
    const page = await open();
    const before = await sizes(page);
    expect(requested(LARGE).length).toBe(0);
    const { progress } = await load(page);
    expect(before.int8).toBe(progress.at(-1)?.overall?.totalBytes);
    expect(before.fp32).toBeGreaterThan(before.int8!);
    expect((await sizes(page)).int8).toBe(0);
    expect(await sizes(page, { cache: false })).toEqual(before);
    const only = await sizes(page, { cache: false, preload: ['visionEncoder'] });
    expect(only.int8).toBeLessThan(before.int8!);
  });

  it('is no number where there is no model', async () => {
    const page = await open();
    const none = await page.evaluate(() => lib.outcome(lib.downloadSizes({ model: '/own/none/' })));
    expect(none).toMatchObject({ code: 'not-found', message: /clipseg convert/ });
  });
});

describe('the cache', () => {
  it('serves the next start, also without a network', async () => {
    const page = await open();
    await load(page);
    setup.server.reset();
    await load(page);
    expect(requested('clipseg.json').length).toBe(1);
    expect(requested(LARGE).length).toBe(0);
    setup.server.deliver = ({ path, response }) => {
      if (!path.startsWith('/own/model/')) return false;
      response.destroy();
      return true;
    };
    expect((await load(page)).area).toBeGreaterThan(1000);
    const { error } = await load(page, { cache: false });
    expect(error).toMatchObject({ code: 'network', message: /cannot be reached/ });
  });

  it('never mixes versions, and forgets the files of the old one', async () => {
    const page = await open();
    await load(page);
    const keys = () => page.evaluate(async () => (await lib.cacheStore().keys()).length);
    const before = await keys();
    const manifest = JSON.parse(readFileSync(join(model(), 'clipseg.json'), 'utf8'));
    const { createHash } = await import('node:crypto');
    const other = Buffer.concat([readFileSync(join(model(), 'merges.txt')), Buffer.from('\n')]);
    writeFileSync(join(model(), 'merges.txt'), other);
    manifest.files['merges.txt'] = {
      size: other.length,
      sha256: createHash('sha256').update(other).digest('hex'),
    };
    writeFileSync(join(model(), 'clipseg.json'), JSON.stringify(manifest));
    setup.server.reset();
    expect((await load(page)).area).toBeGreaterThan(1000);
    expect(requested('merges.txt').length).toBe(1);
    expect(requested(LARGE).length).toBe(0);
    expect(await keys()).toBe(before);
  });

  it('is shared by tabs: each file is fetched once', async () => {
    const one = await open();
    const two = await open({ keep: one });
    const [a, b] = await Promise.all([load(one), load(two)]);
    expect([a.area, b.area]).toEqual([expect.any(Number), a.area]);
    expect(requested(LARGE).length).toBe(1);
  });

  it('that is full drops the model used the longest ago; what never fits is an error', async () => {
    const page = await open();
    const session = await page.context().newCDPSession(page);
    const quota = (quotaSize: number) =>
      session.send('Storage.overrideQuotaForOrigin', { origin: setup.server.url, quotaSize });
    await load(page);
    // Another model: it shares nothing with the first but what its fp32 graphs share.
    const second = join(setup.folder, 'second');
    cpSync(mini, second, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(mini, 'clipseg.json'), 'utf8'));
    delete manifest.variants.int8;
    for (const file of Object.keys(manifest.files)) {
      if (file.includes('int8')) delete manifest.files[file];
    }
    writeFileSync(join(second, 'clipseg.json'), JSON.stringify(manifest));
    const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    await quota(used + 1_000_000);
    const { error } = await load(page, { model: '/own/second/', dtype: 'fp32' });
    expect(error).toMatchObject({ code: 'io', message: /cache: false/ });
    await quota(used + 12_000_000); // enough when the first goes
    const fits = await load(page, { model: '/own/second/', dtype: 'fp32' });
    expect(fits.error).toBeUndefined();
    const urls = await page.evaluate(async () =>
      (await lib.cacheStore().keys()).filter((key) => key.startsWith('model-')),
    );
    expect(urls).toEqual([expect.stringContaining('/own/second/')]);
  });
});

describe('a model', () => {
  const hub = (page: Page, model: string) =>
    load(page, { model, hub: { endpoint: `${setup.server.url}/own/hub` } });

  it('of a hub: one that holds graphs; a checkpoint is refused with what to do', async () => {
    const repository = join(setup.folder, 'hub/owner');
    cpSync(mini, join(repository, 'graphs/resolve/main'), { recursive: true });
    mkdirSync(join(repository, 'checkpoint/resolve/main'), { recursive: true });
    writeFileSync(join(repository, 'checkpoint/resolve/main/config.json'), '{}');
    const page = await open();
    expect((await hub(page, 'owner/graphs')).area).toBeGreaterThan(1000);
    expect((await hub(page, 'owner/checkpoint')).error).toMatchObject({
      ...{
        code: 'invalid-model',
        message: /holds a checkpoint.*npx -p @clipseg.node clipseg convert/,
      },
    });
    expect((await hub(page, 'owner/nothing')).error).toMatchObject({ code: 'not-found' });
  });

  it('that is a web page, or no URL, is named', async () => {
    mkdirSync(join(setup.folder, 'page-folder'), { recursive: true });
    writeFileSync(join(setup.folder, 'page-folder/clipseg.json'), '<!doctype html>');
    const page = await open();
    const { error } = await load(page, { model: '/own/page-folder' });
    expect(error).toMatchObject({ code: 'invalid-model', message: /a web page.*clipseg convert/ });
    expect((await load(page, { model: 'http://' })).error?.code).toBe('invalid-argument');
  });

  it('from files that the user picked, and from a source of the page', async () => {
    const page = await open();
    const areas = await page.evaluate(async () => {
      const base = '/own/model/';
      const bytes = async (name: string) =>
        new Uint8Array(await (await fetch(base + name)).arrayBuffer());
      const manifest = await (await fetch(`${base}clipseg.json`)).json();
      const names = ['clipseg.json', ...Object.keys(manifest.files)];
      const files = await Promise.all(
        names.map(async (name) => new File([await bytes(name)], name)),
      );
      const asked: string[] = [];
      const source = {
        name: 'mine',
        open: async () => ({
          read: (name: string) => bytes(name),
          graph: (name: string) => {
            asked.push(name);
            return bytes(name);
          },
        }),
      };
      const results: unknown[] = [];
      for (const model of [files, source]) {
        for (const worker of [true, false]) {
          const clipSeg = await lib.createClipSeg({ model, worker, dtype: 'int8' });
          const { segments } = await clipSeg.segment('/fixtures/scenes/images/000.png', 'teapot');
          results.push(lib.maskArea(segments[0]!.mask()));
          await clipSeg.dispose();
        }
      }
      return { results, asked, none: (await lib.outcome(lib.createClipSeg({ model: [] }))).code };
    });
    expect(new Set(areas.results).size).toBe(1);
    expect(areas.results[0]).toBeGreaterThan(1000);
    expect(areas.asked.length).toBe(6);
    expect(areas.none).toBe('not-found');
  });

  it('is fetched graph by graph: a prompt bank never fetches the text encoder', async () => {
    const page = await open();
    const loaded = await page.evaluate(async () => {
      const preload = ['visionEncoder', 'decoder'] as const;
      const clipSeg = await lib.createClipSeg({ model: '/own/model/', dtype: 'int8', preload });
      const embedding = new Float32Array(clipSeg.model.config.projectionDim).fill(0.1);
      await clipSeg.segment('/fixtures/scenes/images/000.png', { embedding });
      const { selfCheck } = clipSeg.device;
      await clipSeg.dispose();
      return selfCheck !== undefined;
    });
    expect(loaded).toBe(true);
    expect(requested('text_encoder_int8.onnx').length).toBe(0);
    expect(requested('vocab.json').length).toBe(0);
  });
});
