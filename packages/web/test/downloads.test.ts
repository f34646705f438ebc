import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
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
const hashOf = (file: string): string =>
  JSON.parse(readFileSync(join(mini, 'clipseg.json'), 'utf8')).files[file].sha256;

beforeEach(() => {
  rmSync(model(), { recursive: true, force: true });
  cpSync(mini, model(), { recursive: true });
});

interface Loaded {
  readonly error?: { code?: string; message: string };
  readonly area?: number;
  readonly progress: Progress[];
  readonly warnings?: readonly string[];
}

/** Fetches one graph without using it. */
const FILE = 'decoder.onnx';
const fileSize = readFileSync(join(mini, FILE)).length;
async function fetchOne(options: object = {}): Promise<Loaded> {
  return load(await open(), { preload: ['decoder'], selfCheck: false, idle: true, ...options });
}

/** Loads the model in the page and segments an image. */
function load(page: Page, options: object = {}): Promise<Loaded> {
  return page.evaluate(async ({ idle, ...rest }: { idle?: boolean }) => {
    const progress: Progress[] = [];
    const warnings: string[] = [];
    const create = lib.createClipSeg({
      model: '/own/model/',
      dtype: 'int8',
      onProgress: (one: Progress) => progress.push(one),
      onWarning: (message: string) => warnings.push(message),
      ...rest,
    });
    const error = await lib.outcome(create);
    if (error.code) return { error, progress, warnings };
    const clipSeg = await create;
    if (idle) return { progress, warnings };
    const { segments } = await clipSeg.segment('/fixtures/scenes/images/000.png', 'teapot');
    await clipSeg.dispose();
    return { area: lib.maskArea(segments[0]!.mask()), progress, warnings };
  }, options);
}

describe('a download', () => {
  it('reports every byte, and the sum over all files', async () => {
    const { progress, area } = await load(await open());
    expect(area).toBeGreaterThan(1000);
    const last = new Map(progress.map((one) => [one.file, one]));
    expect([...last.keys()].toSorted()).toEqual(
      [
        'decoder.onnx',
        'merges.txt',
        'position_embedding.bin',
        ...['text_encoder_int8.onnx', LARGE, 'vocab.json'].toSorted(),
      ].toSorted(),
    );
    for (const { loadedBytes, totalBytes } of last.values()) expect(loadedBytes).toBe(totalBytes);
    const totals = new Set(progress.map(({ overall }) => overall?.totalBytes));
    const sum = [...last.values()].reduce((total, { totalBytes }) => total + totalBytes, 0);
    expect([...totals]).toEqual([sum]); // known from the first report on
    expect(progress.at(-1)?.overall?.loadedBytes).toBe(sum);
  });

  it('resumes after being cut at ten random bytes, with the right result', async () => {
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
    // Only bytes that the browser had not delivered are requested again.
    for (const [i, start] of starts.slice(1).entries()) {
      expect(start).toBeLessThanOrEqual(cuts[i]!);
      expect(start).toBeGreaterThanOrEqual(starts[i]!);
    }
    expect(starts.at(-1)).toBeGreaterThan(0);
  });

  it('starts again if the server does not support ranges', async () => {
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

  it('resumes after the page was closed', async () => {
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
    expect(requested('decoder.onnx').length).toBe(0); // it had arrived before
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

  it('can be aborted, and keeps the bytes received', async () => {
    const page = await open();
    setup.server.deliver = (delivery) => {
      if (!delivery.path.endsWith(LARGE)) return false;
      delivery.response.writeHead(200, {
        'content-length': size,
        'cross-origin-resource-policy': 'same-origin',
      });
      delivery.response.write(delivery.bytes.subarray(0, 1_500_000));
      const more = () => delivery.response.write(delivery.bytes.subarray(0, 1)); // never the rest
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

type Deliver = NonNullable<typeof setup.server.deliver>;
type Delivery = Parameters<Deliver>[0];
const headers = { 'cross-origin-resource-policy': 'same-origin' };

/** Answers the first `times` requests for a file with `answer`, and all others correctly. */
function answering(file: string, answer: (delivery: Delivery, nth: number) => void, times = 1e9) {
  let nth = 0;
  setup.server.deliver = (delivery) => {
    if (!delivery.path.endsWith(file) || nth >= times) return false;
    answer(delivery, nth++);
    return true;
  };
}
const quick = { stallTimeoutMs: 400 };

describe('a network that fails in other ways', () => {
  /** What the server does, how often, and how many requests the file then needs. */
  it.each<[string, (delivery: Delivery, nth: number) => void, number, number]>([
    ['never sends headers', () => {}, 1, 2],
    [
      'stops in the middle',
      ({ response, bytes }) => {
        response.writeHead(200, { ...headers, 'content-length': fileSize });
        response.write(bytes.subarray(0, 500_000));
      },
      1,
      2,
    ],
    [
      'ends in the middle as if the file were complete',
      ({ response, bytes }) =>
        void response.writeHead(200, headers).end(bytes.subarray(0, 499_999)),
      1,
      2,
    ],
    [
      'sends more than the listed size, endlessly',
      ({ response, bytes }) => {
        response.writeHead(200, headers);
        response.write(bytes);
        const more = setInterval(() => response.write(bytes), 20);
        response.on('close', () => clearInterval(more));
      },
      1,
      1,
    ],
    [
      'sends its content compressed',
      ({ response, bytes }) =>
        void response
          .writeHead(200, { ...headers, 'content-encoding': 'gzip' })
          .end(gzipSync(bytes, { level: 1 })),
      1,
      1,
    ],
    [
      'is busy until a date',
      ({ response }) => {
        const when = new Date(Date.now() + 1500).toUTCString();
        response.writeHead(503, { ...headers, 'retry-after': when }).end();
      },
      1,
      2,
    ],
    [
      'fails at first (500)',
      ({ response }) => void response.writeHead(500, headers).end('<h1>oops'),
      2,
      3,
    ],
  ])('%s', async (_, answer, times, requests) => {
    answering(FILE, answer, times);
    expect((await fetchOne(quick)).error).toBeUndefined();
    expect(requested(FILE).length).toBe(requests);
  });

  /** The first response is cut; the server answers the Range of the second like this. */
  it.each<[string, (delivery: Delivery) => void]>([
    [
      'answers with another range',
      ({ response, bytes }) => {
        const range = `bytes 5000-${fileSize - 1}/${fileSize}`;
        response.writeHead(206, { ...headers, 'content-range': range }).end(bytes);
      },
    ],
    [
      'answers with the whole file',
      ({ response }) => {
        const range = `bytes 0-${fileSize - 1}/${fileSize}`;
        const whole = readFileSync(join(mini, FILE));
        response.writeHead(206, { ...headers, 'content-range': range }).end(whole);
      },
    ],
    [
      'has a file of another size by now',
      ({ response, bytes }) => {
        const range = `bytes ${fileSize - bytes.length}-${fileSize}/${fileSize + 1}`;
        response.writeHead(206, { ...headers, 'content-range': range }).end(bytes);
      },
    ],
    [
      'says that the range does not exist',
      ({ response }) =>
        void response.writeHead(416, { ...headers, 'content-range': 'bytes */7' }).end(),
    ],
  ])('starts again after a cut if the server %s', async (_, answer) => {
    answering(
      FILE,
      (delivery, nth) => {
        const { response, bytes } = delivery;
        if (nth > 0) return answer(delivery);
        response.writeHead(200, { ...headers, 'content-length': fileSize });
        response.write(bytes.subarray(0, 500_000), () => setTimeout(() => response.destroy(), 50));
      },
      2,
    );
    expect((await fetchOne(quick)).error).toBeUndefined();
    expect(requested(FILE).length).toBeGreaterThan(1);
  });

  it.each<[string, string, (delivery: Delivery) => void, string, RegExp]>([
    [
      'requires authentication',
      FILE,
      status(401),
      'network',
      /401 \(authentication is required.*hub\.token/,
    ],
    ['denies access', FILE, status(403), 'network', /403 \(access is denied: accept a gated/],
    ['has no file', FILE, status(404), 'not-found', /decoder.onnx does not exist/],
    ['sends a page', FILE, page(), 'invalid-model', /answered .*decoder.onnx with a web page/],
    [
      'has a shorter file',
      FILE,
      ({ response }) => void response.writeHead(200, headers).end('x'.repeat(70)),
      ...(['invalid-model', /it has 70 bytes, but clipseg.json lists \d+, twice/] as const),
    ],
    [
      'always fails',
      FILE,
      status(500),
      'network',
      /500 \(a server error\). The bytes received are/,
    ],
    ['drips', FILE, dripping, 'network', /no byte arrived|connection ended/],
    [
      'requires authentication',
      'clipseg.json',
      status(401),
      'network',
      /401 \(authentication is required/,
    ],
    ['denies access', 'clipseg.json', status(403), 'network', /403 \(access is denied/],
    ['fails', 'clipseg.json', status(500), 'network', /500 \(a server error/],
    ['never sends headers', 'clipseg.json', () => {}, 'network', /no byte arrived for 0.1 s/],
    [
      'sends a page',
      'clipseg.json',
      page(),
      'invalid-model',
      /a web page, which servers of apps send for files they lack/,
    ],
    [
      'sends endless JSON',
      'clipseg.json',
      ({ response }) => {
        response.writeHead(200, headers);
        const more = setInterval(() => response.write(' '.repeat(500_000)), 5);
        response.on('close', () => clearInterval(more));
      },
      ...(['invalid-model', /larger than 1048576 bytes/] as const),
    ],
    [
      'names files outside the folder',
      'clipseg.json',
      ({ response }) => {
        const text = readFileSync(join(mini, 'clipseg.json'), 'utf8');
        response.writeHead(200, headers).end(text.replaceAll('decoder.onnx', '../../decoder.onnx'));
      },
      ...(['invalid-model', /decoder/] as const),
    ],
    [
      'lists a file of petabytes',
      'clipseg.json',
      ({ response }) => {
        const manifest = JSON.parse(readFileSync(join(mini, 'clipseg.json'), 'utf8'));
        manifest.files[FILE].size = 2 ** 52;
        response.writeHead(200, headers).end(JSON.stringify(manifest));
      },
      ...(['invalid-model', /decoder.onnx.size is 4503599627370496/] as const),
    ],
  ])('reports a server that %s for %s', async (_, file, answer, code, message) => {
    answering(file, answer);
    const { error } = await fetchOne({ stallTimeoutMs: 100 });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  function status(code: number) {
    return ({ response }: Delivery) => void response.writeHead(code, headers).end('<html>');
  }
  function page() {
    const type = { 'content-type': 'text/html; charset=utf-8' };
    return ({ response }: Delivery) =>
      void response.writeHead(200, { ...headers, ...type }).end('<!doctype html><p>app');
  }
  /** Sends one byte and then nothing, for every request. */
  function dripping({ response, bytes }: Delivery) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1));
  }

  it('reports a wait that the server asked for', async () => {
    const wait = ({ response }: Delivery) =>
      void response.writeHead(429, { ...headers, 'retry-after': '1' }).end();
    answering(FILE, wait, 1);
    const { progress } = await fetchOne();
    expect(progress.filter(({ stage }) => stage === 'wait')).toEqual([
      expect.objectContaining({ file: FILE, loadedBytes: 0, totalBytes: fileSize }),
    ]);
  });
});

describe('another tab', () => {
  it('that makes no progress is waited for, with a report, and only for a time', async () => {
    const one = await open();
    await one.evaluate(async (hash) => {
      const held = new Promise(() => {}); // like the lock of a frozen tab
      await new Promise<void>((done) => {
        void navigator.locks.request(`clipseg:${hash}`, () => {
          done();
          return held;
        });
      });
    }, hashOf(LARGE));
    const two = await open({ keep: one });
    const { area, progress } = await load(two, { stallTimeoutMs: 500 });
    expect(area).toBeGreaterThan(1000);
    expect(progress.some(({ stage, file }) => stage === 'wait' && file === LARGE)).toBe(true);
  });
});

describe('storage that is denied', () => {
  /** Breaks Cache Storage for the page and its workers. */
  it.each<[string, () => void]>([
    [
      'open rejects',
      () => {
        CacheStorage.prototype.open = () => Promise.reject(new DOMException('no', 'SecurityError'));
      },
    ],
    [
      'put rejects',
      () => {
        Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
      },
    ],
    [
      'match rejects',
      () => {
        Cache.prototype.match = () => Promise.reject(new DOMException('gone', 'UnknownError'));
        Cache.prototype.keys = () => Promise.reject(new DOMException('gone', 'UnknownError'));
      },
    ],
    [
      'caches throws',
      () => {
        const get = () => {
          throw new DOMException('sandboxed', 'SecurityError');
        };
        Object.defineProperty(globalThis, 'caches', { get, configurable: true });
      },
    ],
    [
      'locks reject',
      () => {
        const refuse = () => Promise.reject(new DOMException('sandboxed', 'SecurityError'));
        LockManager.prototype.request = refuse;
      },
    ],
  ])('%s: runs without keeping files', async (name, spoil) => {
    const page = await open();
    await page.evaluate(spoil);
    const { area, warnings, error } = await load(page, { worker: false });
    expect(error).toBeUndefined();
    expect(area).toBeGreaterThan(1000);
    const kept = name === 'locks reject';
    const expected = expect.stringMatching(/not kept between visits: .*Cache Storage failed/);
    expect(warnings?.filter((text) => text.includes('kept'))).toEqual(kept ? [] : [expected]);
  });

  it('a quota of 1 kB: runs without keeping files, also in the worker, and knows the sizes', async () => {
    const page = await open();
    const session = await page.context().newCDPSession(page);
    const origin = setup.server.url;
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
    const { area, warnings } = await load(page);
    expect(area).toBeGreaterThan(1000);
    expect(warnings).toEqual([expect.stringMatching(/not kept between visits/)]);
    const sizes = await page.evaluate(() => lib.downloadSizes({ model: '/own/model/' }));
    expect(sizes.int8).toBeGreaterThan(5_000_000);
  });
});

describe('a damaged file', () => {
  const flip = (bytes: Uint8Array, at: number) => {
    bytes[at] = bytes[at]! ^ 1;
  };

  it('is rejected and fetched again', async () => {
    let flipped = 0;
    setup.server.deliver = (delivery) => {
      if (delivery.path.endsWith(LARGE) && flipped++ === 0) flip(delivery.bytes, 1_234_567);
      return false;
    };
    expect((await load(await open())).area).toBeGreaterThan(1000);
    expect(requested(LARGE).map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it('is an error if it is damaged again', async () => {
    setup.server.deliver = (delivery) => {
      if (delivery.path.endsWith(LARGE)) flip(delivery.bytes, 7);
      return false;
    };
    const { error } = await load(await open());
    expect(error).toMatchObject({ code: 'invalid-model', message: /SHA-256 differs/ });
    expect(requested(LARGE).length).toBe(2);
  });

  it('is found in the cache and fetched again', async () => {
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

  it('is found in an insecure page too, which has no digest and no cache', async () => {
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

describe('downloadSizes', () => {
  const sizes = (page: Page, options = {}) =>
    page.evaluate((more) => lib.downloadSizes({ model: '/own/model/', ...more }), options);

  it('returns the bytes for every dtype, without those in the cache', async () => {
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

  it('rejects if there is no model', async () => {
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

  it('never mixes versions, and deletes the files of the old one', async () => {
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

  it('is shared by tabs, so each file is fetched once', async () => {
    const one = await open();
    const two = await open({ keep: one });
    const [a, b] = await Promise.all([load(one), load(two)]);
    expect([a.area, b.area]).toEqual([expect.any(Number), a.area]);
    expect(requested(LARGE).length).toBe(1);
  });

  it('drops the least recently used model when full; keeps no model that never fits', async () => {
    const page = await open();
    const session = await page.context().newCDPSession(page);
    const quota = (quotaSize: number) =>
      session.send('Storage.overrideQuotaForOrigin', { origin: setup.server.url, quotaSize });
    await load(page);
    // Another model, which shares with the first only files of its fp32 variant.
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
    const tight = await load(page, { model: '/own/second/', dtype: 'fp32' });
    expect(tight.area).toBeGreaterThan(1000);
    expect(tight.warnings).toEqual([
      expect.stringMatching(/not kept.*Cache Storage failed.*cache: false/),
    ]);
    await quota(used + 12_000_000); // enough once the first is dropped
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

  it('of a hub loads if it holds graphs; for a checkpoint, the error says what to do', async () => {
    const repository = join(setup.folder, 'hub/owner');
    cpSync(mini, join(repository, 'graphs/resolve/main'), { recursive: true });
    mkdirSync(join(repository, 'checkpoint/resolve/main'), { recursive: true });
    writeFileSync(join(repository, 'checkpoint/resolve/main/config.json'), '{}');
    const page = await open();
    expect((await hub(page, 'owner/graphs')).area).toBeGreaterThan(1000);
    expect((await hub(page, 'owner/checkpoint')).error).toMatchObject({
      code: 'invalid-model',
      message: /holds a checkpoint.*npx -p @clipseg.node clipseg convert/,
    });
    expect((await hub(page, 'owner/nothing')).error).toMatchObject({ code: 'not-found' });
  });

  it('that is a web page or an invalid URL is named in the error', async () => {
    mkdirSync(join(setup.folder, 'page-folder'), { recursive: true });
    writeFileSync(join(setup.folder, 'page-folder/clipseg.json'), '<!doctype html>');
    const page = await open();
    const { error } = await load(page, { model: '/own/page-folder' });
    expect(error).toMatchObject({ code: 'invalid-model', message: /a web page.*clipseg convert/ });
    expect((await load(page, { model: 'http://' })).error?.code).toBe('invalid-argument');
  });

  it('loads from files that the user picked, and from a custom source', async () => {
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
        specificationVersion: 1 as const,
        name: 'mine',
        open: async () => ({
          manifest,
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

  it('loads graph by graph, so the text encoder is not fetched for an embedding', async () => {
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
