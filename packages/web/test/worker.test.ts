import { expect, it } from 'vitest';
import type { Lib } from './page/lib.js';
import { stage } from './support/setup.js';

declare const lib: Lib;

const setup = stage();
const { open } = setup;

it('runs no long task on the main thread while a worker encodes and decodes 20 times', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg({ dtype: 'fp32' });
    await new Promise((done) => setTimeout(done, 200)); // loading has finished
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    observer.observe({ type: 'longtask' });
    const image = await clipSeg.encodeImage('/fixtures/scenes/images/000.png');
    let area = 0;
    for (let i = 0; i < 20; i++) {
      const { segments } = await clipSeg.segment(image, `a thing of number ${i}`);
      area += lib.maskArea(segments[0]!.mask());
    }
    await new Promise((done) => setTimeout(done, 200));
    const seen = [...tasks];
    const end = performance.now() + 80;
    while (performance.now() < end); // checks that the observer works
    await new Promise((done) => setTimeout(done, 200));
    await clipSeg.dispose();
    return { seen, all: tasks.length, area };
  });
  expect(result.all).toBeGreaterThan(result.seen.length);
  expect(result.seen).toEqual([]);
});

it('drops queued work at once, and running work between its stages', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg();
    const image = await clipSeg.encodeImage('/fixtures/scenes/images/000.png', { resolution: 64 });
    const order: string[] = [];
    const [running, queued] = [new AbortController(), new AbortController()];
    const note = (name: string, promise: Promise<unknown>) =>
      lib.outcome(promise).then(({ code = 'done' }) => order.push(`${name} ${code}`));
    const calls = [
      note('slow', clipSeg.encodeImage('/fixtures/scenes/images/001.png', { resolution: 800 })),
      note('queued', clipSeg.segment(image, 'cat', { signal: queued.signal })),
      note('next', clipSeg.segment(image, 'dog')),
    ];
    queued.abort();
    await Promise.all(calls);
    const slow = clipSeg.segment('/fixtures/scenes/images/001.png', 'cat', {
      resolution: 800,
      signal: running.signal,
    });
    const stopped = note('running', slow);
    setTimeout(() => running.abort(), 30);
    await stopped;
    const works = (await clipSeg.segment(image, 'cat')).segments.length;
    await clipSeg.dispose();
    return { order, works };
  });
  expect(result.order).toEqual(['queued aborted', 'slow done', 'next done', 'running aborted']);
  expect(result.works).toBe(1);
});

it('ends a worker that keeps computing after an abort, and starts another from the cache', async () => {
  const page = await open();
  let workers = 0;
  page.on('worker', () => workers++);
  const result = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg({ hardCancelAfter: 50, threads: 1 });
    const image = await clipSeg.encodeImage('/fixtures/scenes/images/000.png', { resolution: 64 });
    const before = (await clipSeg.segment(image, 'teapot')).segments[0]!.logits;
    const controller = new AbortController();
    const endless = clipSeg.encodeImage('/fixtures/scenes/images/001.png', {
      resolution: 2400,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 500);
    const stopped = await lib.outcome(endless);
    const after = (await clipSeg.segment(image, 'teapot')).segments[0]!.logits;
    await clipSeg.dispose();
    return { stopped, same: before.join() === after.join() };
  });
  expect(result).toMatchObject({ stopped: { code: 'aborted' }, same: true });
  expect(workers).toBe(2);
  const models = setup.server.requests.filter(({ path }) => path.endsWith('_int8.onnx'));
  expect(models.length).toBe(2); // each was fetched once: the second worker used the cache
});

it('latest: answers only the last of several quick calls', async () => {
  const page = await open();
  const outcomes = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg();
    const image = await clipSeg.encodeImage('/fixtures/scenes/images/000.png', { resolution: 64 });
    const ask = lib.latest((text: string, { signal }) => clipSeg.segment(image, text, { signal }));
    const typed = ['t', 'te', 'tea', 'teap', 'teapo', 'teapot'];
    const calls: Promise<string | undefined>[] = [];
    for (const text of typed) {
      calls.push(
        ask(text).then(
          (result) => result.segments[0]?.label,
          (error) => error.code,
        ),
      );
      await Promise.resolve();
    }
    const results = await Promise.all(calls);
    await clipSeg.dispose();
    return results;
  });
  expect(outcomes).toEqual([...Array(5).fill('aborted'), 'teapot']);
});

it('keeps instances independent', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const make = (dtype: 'fp32' | 'int8', threads: number) => lib.createClipSeg({ dtype, threads });
    const [a, b] = await Promise.all([make('fp32', 1), make('int8', 2)]);
    const url = '/fixtures/scenes/images/000.png';
    const alone = (await a.segment(url, 'teapot', { resolution: 96 })).segments[0]!.logits;
    const [one] = await Promise.all([
      a.segment(url, 'teapot', { resolution: 96 }),
      b.segment(url, 'animal', { resolution: 96 }),
      b.dispose(),
    ]);
    const threads = [a.device.threads, b.device.threads];
    await a.dispose();
    return { same: one.segments[0]!.logits.join() === alone.join(), threads };
  });
  expect(result).toEqual({ same: true, threads: [1, 2] });
});

it('sends encoded images by handle or as copies, also to another worker', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const sent: number[] = [];
    const start = () => {
      const worker = new Worker('/page/default-worker.js', { type: 'module' });
      const post = worker.postMessage.bind(worker);
      // Counts the floats that are sent to the worker with every call.
      worker.postMessage = (message: { args?: unknown }, transfer: never) => {
        let floats = 0;
        const count = (value: unknown): void => {
          if (value instanceof Float32Array) floats += value.length;
          else if (typeof value === 'object' && value !== null) Object.values(value).forEach(count);
        };
        count(message.args);
        sent.push(floats);
        post(message, transfer);
      };
      return worker;
    };
    const clipSeg = await lib.createClipSeg({ worker: start });
    const image = await clipSeg.encodeImage('/fixtures/scenes/images/000.png', { resolution: 64 });
    const prompts = await clipSeg.encodePrompts(['teapot']);
    sent.length = 0;
    const logits = async (one: typeof image) =>
      (await clipSeg.decode(one, prompts)).segments[0]!.logits.join();
    const handle = await logits(image);
    const copy = await logits(structuredClone(image));
    const spread = await logits({ ...image, width: 100 });
    const other = await lib.createClipSeg();
    const elsewhere = (await other.decode(image, prompts)).segments[0]!.logits.join();
    await Promise.all([clipSeg.dispose(), other.dispose()]);
    return {
      same: new Set([handle, copy, spread, elsewhere]).size,
      sent,
      values: image.features.data.length,
    };
  });
  const embedding = result.sent[0]!;
  expect(result.same).toBe(1);
  expect(embedding).toBeLessThan(result.values); // only the prompt
  expect(result.sent).toEqual([embedding, embedding + result.values, embedding]);
});

it('masking strategies give the same in a worker as without', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const { blur, crop, tokenMask } = lib.masking;
    const url = '/fixtures/scenes/images/000.png';
    const support = { image: url, region: { box: [40, 40, 200, 200] } } as const;
    const prompts = [
      { ...support, masking: [crop(), blur({ sigma: 3 })], label: 'cropped' },
      { ...support, masking: tokenMask({ layers: [0] }), label: 'tokens' },
      { ...support, masking: [{ name: 'crop' }, { name: 'blur', sigma: 3 }], label: 'json' },
      { ...support, label: 'paper' },
    ];
    const logits: number[][][] = [];
    for (const worker of [undefined, false] as const) {
      const clipSeg = await lib.createClipSeg({ worker });
      const { segments } = await clipSeg.segment(url, prompts, { resolution: 64 });
      logits.push(segments.map((segment) => [...segment.logits]));
      await clipSeg.dispose();
    }
    return logits;
  });
  const [worker, without] = result as [number[][], number[][]];
  expect(worker).toEqual(without);
  const [cropped, tokens, json, paper] = worker;
  expect(json).toEqual(cropped);
  expect(tokens).not.toEqual(cropped);
  expect(paper).not.toEqual(cropped);
});

it('uses strategies of a custom worker, and rejects what cannot be sent', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const start = () => new Worker('/page/custom-worker.js', { type: 'module' });
    const custom = await lib.createClipSeg<{ anyOf: string[] }>({ worker: start });
    const url = '/fixtures/scenes/images/000.png';
    const { segments } = await custom.segment(url, [{ anyOf: ['teapot', 'kettle'] }], {
      resolution: 64,
    });
    await custom.dispose();
    const clipSeg = await lib.createClipSeg();
    const masking = lib.masking.defineMasking({ name: 'mine', apply: (input) => input });
    const support = { image: url, region: { box: [40, 40, 200, 200] } } as const;
    const refused = await lib.outcome(clipSeg.segment(url, { ...support, masking }));
    const image = document.createElement('img');
    image.src = url;
    const region = { box: [40, 40, 200, 200] } as const;
    const named = { image, region, masking: 'blur3_highlight01' };
    const taken = await clipSeg.segment(url, named, { resolution: 64 });
    const circle: { mix: string[]; self?: unknown } = { mix: ['cat'] };
    circle.self = circle;
    const round = await lib.outcome(clipSeg.segment(url, circle));
    await clipSeg.dispose();
    return { prompt: segments[0]!.label, refused, round, taken: taken.segments.length };
  });
  expect(result).toMatchObject({
    prompt: 'teapot / kettle',
    refused: {
      code: 'invalid-argument',
      message: /custom masking strategy "mine" cannot be sent to the worker. Use worker: false/,
    },
    round: { code: 'invalid-argument', message: /refers to itself/ },
    taken: 1,
  });
});

it('reports a worker that fails, and replaces it with the next call', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const missing = () => new Worker('/page/no-such-worker.js', { type: 'module' });
    const none = await lib.outcome(lib.createClipSeg({ worker: missing }));
    let last: Worker | undefined;
    const start = () => {
      last = new Worker('/page/default-worker.js', { type: 'module' });
      return last;
    };
    const clipSeg = await lib.createClipSeg({ worker: start });
    const image = await clipSeg.encodeImage('/fixtures/scenes/images/000.png', { resolution: 64 });
    const running = lib.outcome(clipSeg.encodeImage('/fixtures/scenes/images/000.png'));
    await new Promise((done) => setTimeout(done, 10));
    last?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    const crashed = await running;
    const { segments } = await clipSeg.segment(image, 'teapot');
    await clipSeg.dispose();
    return { none, crashed, works: segments.length };
  });
  expect(result).toMatchObject({
    none: { code: 'backend', message: /script cannot be loaded/ },
    crashed: { code: 'backend', message: /out of memory/ },
    works: 1,
  });
});

it('ignores foreign messages, in the worker and in the page', async () => {
  const page = await open();
  const { answers, ...outcomes } = await page.evaluate(async () => {
    const worker = new Worker('/page/default-worker.js', { type: 'module' });
    const found = new Map<number, string>();
    const call = { type: 'call', args: [] };
    const nested: unknown[] = [];
    nested.push(nested);
    const messages = [
      null,
      undefined,
      7,
      'hello',
      [],
      {},
      { type: 'none' },
      { type: 'abort' },
      { type: 'answer' },
      { ...call, id: 1, method: 'segment' },
      { ...call, id: 2, method: '__proto__' },
      { ...call, id: 3, method: 'init' },
      { ...call, id: 4, method: 'init', args: 'nonsense' },
      {
        ...call,
        id: 5,
        method: 'init',
        args: [{ model: { kind: 'urls', urls: {} }, preload: [] }],
      },
      { ...call, id: 6, method: 'init', args: nested },
      { type: 'call', id: 7, method: 'init' },
    ];
    await new Promise<void>((done) => {
      worker.onmessage = ({ data }) => {
        found.set(data.id, data.type);
        if (found.size === 7) done();
      };
      for (const message of messages) worker.postMessage(message);
    });
    worker.terminate();
    const say = (script: string) => () =>
      new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    const create = (start: () => Worker) => lib.outcome(lib.createClipSeg({ worker: start }));
    const error =
      "postMessage({ type: 'error', id: 1, error: { code: 'backend', message: 'mine' } })";
    return {
      answers: Object.fromEntries(found),
      junk: await create(say(`postMessage(null); postMessage('hi'); postMessage([]); ${error}`)),
      broken: await create(say('nonsense(')),
      thrown: await create(() => {
        throw new Error('by a policy');
      }),
      none: await create(() => ({}) as Worker),
    };
  });
  expect(answers).toEqual(Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((id) => [id, 'error'])));
  expect(outcomes).toEqual({
    junk: { code: 'backend', message: 'mine' },
    broken: { code: 'backend', message: expect.stringMatching(/The worker failed/) },
    thrown: { code: 'backend', message: expect.stringMatching(/started: by a policy.*worker-src/) },
    none: { code: 'invalid-argument', message: expect.stringMatching(/not return a Worker/) },
  });
});

it('starts a worker from another origin, e.g. a CDN', async () => {
  setup.server.isolated = false;
  const page = await open({ script: `${setup.server.url}/page/lib.js`, host: 'localhost' });
  const masks = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg();
    const url = '/fixtures/scenes/images/000.png';
    const { segments } = await clipSeg.segment(url, 'teapot', { resolution: 64 });
    await clipSeg.dispose();
    return segments.length;
  });
  expect(masks).toBe(1);
});
