import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type ClipSeg, createClipSeg, decodeImage, type ImageInput } from '@clipseg/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { send } from './send.mjs';
// @ts-expect-error an example in JavaScript
import { createSegmentationServer } from './server.mjs';
import { bomb, head, raw, statuses } from './test/raw.js';

let clipSeg: ClipSeg<ImageInput>;
let image: Buffer;
let server: ReturnType<typeof createSegmentationServer> | undefined;
let port = 0;

beforeAll(async () => {
  clipSeg = await createClipSeg();
  image = await readFile(new URL('../images/breakfast.png', import.meta.url));
});
afterAll(() => clipSeg.dispose());
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

async function listen(options = {}, over: Pick<ClipSeg, 'segment'> = clipSeg) {
  server = createSegmentationServer(over, options);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
}
const post = (query: string, body: RequestInit['body'] = image, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}/?${query}`, { method: 'POST', body, ...init });
/** Starts an upload without its last byte. */
const slow = () => {
  const one = raw(port, head('prompt=croissant', { 'content-length': image.length }));
  one.send(image.subarray(0, -1));
  return one;
};

/** Wraps the real ClipSeg: it starts to work when `open` is called. */
function gated() {
  let open = () => {};
  const opened = new Promise<void>((done) => {
    open = done;
  });
  const signals: (AbortSignal | undefined)[] = [];
  const segment: ClipSeg['segment'] = async (image, prompts, options) => {
    signals.push(options?.signal);
    await opened;
    return clipSeg.segment(image, prompts, options);
  };
  return { segment, open, signals };
}

describe('a request', () => {
  it('is answered with a mask', async () => {
    await listen();
    const response = await post('prompt=croissant');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const mask = await decodeImage(await response.arrayBuffer());
    expect([mask.width, mask.height]).toEqual([640, 480]);
    const share = mask.data.filter((value) => value > 0).length / mask.data.length;
    expect(share).toBeGreaterThan(0.02);
    const strict = await post('prompt=croissant+AND+NOT+croissant');
    expect((await decodeImage(await strict.arrayBuffer())).data).not.toContain(255);
    const chunked = new Blob([new Uint8Array(image)]).stream();
    expect((await post('prompt=a', chunked, { duplex: 'half' } as RequestInit)).status).toBe(200);
  });

  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>';
  it.each([
    ['', 422, /empty/, undefined, {}],
    ['prompt=%20', 422, /empty/, undefined, {}],
    ['prompt=a+AND+(', 422, /\^/, undefined, {}],
    ['prompt=a&prompt=b', 422, /one prompt/, undefined, {}],
    [`prompt=${'a'.repeat(501)}`, 422, /500 characters/, undefined, {}],
    [`prompt=${Array(9).fill('a').join('+OR+')}`, 422, /more than 8 texts/, undefined, {}],
    ['prompt=a&threshold=2', 422, /from 0 to 1/, undefined, {}],
    ['prompt=a&threshold=', 422, /from 0 to 1/, undefined, {}],
    ['prompt=a&threshold=0x1', 422, /from 0 to 1/, undefined, {}],
    ['prompt=a', 415, /cannot be decoded/, 'not an image', {}],
    ['prompt=a', 415, /empty/, '', {}],
    ['prompt=a', 415, /SVG/, svg, { 'content-type': 'image/svg+xml' }],
    ['prompt=a', 415, /not a form/, 'x', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['prompt=a', 415, /content-encoding/, 'x', { 'content-encoding': 'gzip' }],
    ['prompt=a', 413, /8000000 bytes/, 'x'.repeat(8_000_001), {}],
    ['prompt=a', 413, /24000000/, bomb(16_000, 16_000), {}],
    ['prompt=a', 415, /SVG/, svg, {}],
  ] as const)('%s is answered with %i: %s', async (query, status, message, body, headers) => {
    await listen();
    const response = await post(query, body, { headers });
    expect(response.headers.get('content-type')).toBe('application/json');
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.message]).toEqual([status, expect.stringMatching(message)]);
    expect(error.message).not.toMatch(/\/(home|work|tmp|usr|node_modules)\b|\n\s+at /);
    expect((await post('prompt=croissant')).status).toBe(200);
  });

  it.each([
    ['GET //[ HTTP/1.1', [400]],
    ['POST //[?prompt=a HTTP/1.1', [400]],
    ['POST http://[?prompt=a HTTP/1.1', [400]],
    ['POST ? HTTP/1.1', [400]],
    ['POST /%E0%A4%A HTTP/1.1', [400]],
    ['POST /?prompt=%FF HTTP/1.1', [400]],
    ['GET /../../etc/passwd HTTP/1.1', [404]],
    ['GET /__proto__ HTTP/1.1', [404]],
    ['GET / HTTP/1.1', [405]],
    ['DELETE /?prompt=a HTTP/1.1', [405]],
    ['HEAD / HTTP/1.1', [405]],
    ['POST /health HTTP/1.1', [405]],
    ['GET /health HTTP/1.1', [200]],
    ['HEAD /health HTTP/1.1', [200]],
    ['OPTIONS / HTTP/1.1', [204]],
    ['OPTIONS * HTTP/1.1', [204]],
    ['CONNECT x:1 HTTP/1.1', []],
    ['nonsense', [400]],
    ['\x16\x03\x01\x02\x00\x01', [400]],
    ['POST /?prompt=a HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked', [400]],
    ['POST /?prompt=a HTTP/1.1\r\ncontent-length: -5', [400]],
    ['POST /?prompt=a HTTP/1.1\r\ncontent-length: 99999999999999999999', [400]],
    ['POST /?prompt=a HTTP/1.1\r\ncontent-length: 9000000\r\nexpect: 100-continue', [413]],
    ['POST /?prompt=a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ', [400]],
  ])('%j is answered with %j', async (line, expected) => {
    await listen({ lingerTimeout: 50 });
    const one = raw(port, `${line}\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(statuses(await one.closed)).toEqual(expected);
    expect(one.text()).not.toContain('transfer-encoding');
    expect((await post('prompt=croissant')).status).toBe(200);
  });

  it('with too many headers is answered with 431', async () => {
    await listen();
    const one = raw(port, `GET /${'a'.repeat(9000)} HTTP/1.1\r\nhost: x\r\n\r\n`);
    expect(statuses(await one.closed)).toEqual([431]);
  });

  it('that expects 100-continue gets it before it sends', async () => {
    await listen();
    const headers = { 'content-length': image.length, expect: '100-continue' };
    const one = raw(port, head('prompt=croissant', headers));
    await expect.poll(() => statuses(one.text())).toEqual([100]);
    one.send(image);
    await expect.poll(() => statuses(one.text())).toEqual([100, 200]);
  });

  it('with more bytes than its content-length is rejected', async () => {
    await listen();
    const one = raw(port, head('prompt=croissant', { 'content-length': 9 }));
    one.send(image);
    const [status] = statuses(await one.closed);
    expect([400, 415]).toContain(status);
  });

  it('that fails inside the server gets no details', async () => {
    const broken = Object.assign(new Error('/secret/path'), { code: 'EIO' });
    await listen({}, { segment: () => Promise.reject(broken) });
    const logged: unknown[] = [];
    const { error } = console;
    console.error = (...all: unknown[]) => logged.push(...all);
    const response = await post('prompt=a').finally(() => {
      console.error = error;
    });
    expect([response.status, await response.text()]).toEqual([
      500,
      '{"error":{"code":"internal","message":"Something went wrong on the server."}}',
    ]);
    expect(logged).toEqual([broken]);
  });
});

describe('slow clients', () => {
  it('take no slot from clients with a complete request', async () => {
    await listen({ running: 1, waiting: 2 });
    const uploads = Array.from({ length: 40 }, slow);
    const headers = Array.from({ length: 40 }, () => raw(port, 'POST /?prompt=a HTTP/1.1\r\nho'));
    for (let i = 0; i < 3; i++) expect((await post('prompt=croissant')).status).toBe(200);
    uploads[0]?.send(image.subarray(-1));
    await expect.poll(() => statuses(uploads[0]?.text() ?? '')).toEqual([200]);
    for (const { socket } of [...uploads, ...headers]) socket.destroy();
  });

  const times = { headersTimeout: 100, stallTimeout: 100, bodyTimeout: 300, lingerTimeout: 20 };
  it.each([
    ['that send nothing', '', 0],
    ['that stop in the headers', 'POST /?prompt=a HTTP/1.1\r\nho', 0],
    ['that drip headers', 'POST /?prompt=a HTTP/1.1\r\nx:', 20],
    ['that stop in the body', head('prompt=a', { 'content-length': 1000 }), 0],
    ['that drip a body', head('prompt=a', { 'content-length': 1000 }), 20],
    ['that drip chunks', `${head('prompt=a', { 'transfer-encoding': 'chunked' })}fff\r\n`, 20],
  ])('%s get 408, and are disconnected', async (_, first, every) => {
    await listen(times);
    const one = raw(port, first);
    const drip = every > 0 ? setInterval(() => one.send('x'), every) : undefined;
    const started = performance.now();
    expect(statuses(await one.closed)).toEqual([408]);
    expect(performance.now() - started).toBeLessThan(2000);
    clearInterval(drip);
  });

  it('that do not read their answer are disconnected', async () => {
    const large = Buffer.alloc(64e6);
    const http = createServer((request, response) => {
      const limits = { sendTimeout: 100, lingerTimeout: 100 };
      send(request, response, { status: 200, headers: {}, body: large }, limits);
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    const one = raw((http.address() as AddressInfo).port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    one.socket.pause();
    const [socket] = await new Promise<[unknown]>((done) => {
      http.once('connection', (accepted) => accepted.once('close', () => done([accepted])));
    });
    expect(socket).toMatchObject({ destroyed: true });
    one.socket.destroy();
    http.close();
  });

  it('are dropped when memory is short: one at a time, for faster uploads', async () => {
    const limits = { heldBytes: 3.5 * image.length, slowAfter: 50, lingerTimeout: 20 };
    await listen(limits);
    const uploads = [slow(), slow(), slow()];
    await new Promise((done) => setTimeout(done, 200));
    for (let i = 0; i < 3; i++) expect((await post('prompt=croissant')).status).toBe(200);
    const answered = () =>
      uploads.map(({ text }) => statuses(text())).filter(({ length }) => length > 0);
    await expect.poll(answered).toEqual([[503]]);
    for (const { socket } of uploads) socket.destroy();
  });

  it('are not dropped before they are slow: the new upload is refused', async () => {
    await listen({ heldBytes: 1.5 * image.length, lingerTimeout: 20 });
    const first = slow();
    await expect.poll(async () => (await post('prompt=croissant')).status).toBe(503);
    first.send(image.subarray(-1));
    await expect.poll(() => statuses(first.text())).toEqual([200]);
    expect((await post('prompt=croissant')).status).toBe(200);
  });
});

describe('the queue', () => {
  it('refuses requests that do not fit, and serves the others', async () => {
    const work = gated();
    await listen({ running: 1, waiting: 2 }, work);
    const requests = Array.from({ length: 8 }, () => post('prompt=croissant'));
    const answered: Response[] = [];
    const answers = requests.map((answer) => answer.then((one) => answered.push(one)));
    await expect.poll(() => answered.map(({ status }) => status)).toEqual(Array(5).fill(503));
    expect(answered[0]?.headers.get('retry-after')).toBe('1');
    work.open();
    await Promise.all(answers);
    expect(answered.slice(5).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await post('prompt=croissant')).status).toBe(200);
  });

  it('has a time limit for waiting, and one for the work', async () => {
    const work = gated();
    await listen({ waitTimeout: 50, workTimeout: 200 }, work);
    const [first, second] = await Promise.all([post('prompt=a'), post('prompt=a')]);
    const messages = [await first.text(), await second.text()].toSorted();
    expect([first.status, second.status]).toEqual([503, 503]);
    expect(messages).toEqual([
      expect.stringContaining('image took too long'),
      expect.stringContaining('wait in the queue is too long'),
    ]);
    expect(work.signals[0]?.aborted).toBe(true);
    work.open(); // until now the slot was taken, because the work had not ended
    await expect.poll(async () => (await post('prompt=croissant')).status).toBe(200);
  });

  it('drops clients that hang up, waiting or running', async () => {
    const work = gated();
    await listen({ running: 1, waiting: 1 }, work);
    const whole = Buffer.concat([
      Buffer.from(head('prompt=croissant', { 'content-length': image.length })),
      image,
    ]);
    const running = raw(port, whole);
    await expect.poll(() => work.signals.length).toBe(1);
    const waiting = raw(port, whole);
    await expect.poll(async () => (await post('prompt=a')).status).toBe(503);
    waiting.socket.destroy();
    running.socket.resetAndDestroy();
    await expect.poll(() => work.signals[0]?.aborted).toBe(true);
    work.open();
    expect((await post('prompt=croissant')).status).toBe(200);
    expect(work.signals.length).toBe(2); // the waiting request never started
  });

  it('has one place per connection, however many requests it pipelines', async () => {
    await listen({ running: 1, waiting: 1, pipelined: 4 });
    const whole = Buffer.concat([
      Buffer.from(head('prompt=croissant', { 'content-length': image.length })),
      image,
    ]);
    const one = raw(port, Buffer.concat(Array(4).fill(whole)));
    await expect.poll(() => statuses(one.text()), { timeout: 10_000 }).toEqual(Array(4).fill(200));
    const many = raw(port, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1000));
    expect(statuses(await many.closed).length).toBeLessThan(1000);
  });
});

describe('the shutdown', () => {
  const whole = () =>
    Buffer.concat([
      Buffer.from(head('prompt=croissant', { 'content-length': image.length })),
      image,
    ]);
  const limits = { noticeTime: 100, drainTimeout: 5000, lingerTimeout: 50 };

  it('answers complete requests, refuses incomplete ones, and waits for no others', async () => {
    const work = gated();
    await listen(limits, work);
    const [running, waiting, uploading] = [raw(port, whole()), raw(port, whole()), slow()];
    const silent = [raw(port), raw(port, 'POST /?prom')];
    const open = raw(port, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(() => [work.signals.length, statuses(open.text())]).toEqual([1, [200]]);
    const started = performance.now();
    const drained = server.drain();
    open.send('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    expect((await post('prompt=a')).status).toBe(503);
    expect(statuses(await uploading.closed)).toEqual([503]);
    expect(statuses(await open.closed)).toEqual([200, 503]);
    work.open();
    for (const one of [running, waiting]) {
      expect(statuses(await one.closed)).toEqual([200]);
      expect(one.text()).toMatch(/\r\nconnection: close\r\n/i);
    }
    await drained;
    for (const { closed } of silent) expect(statuses(await closed)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(4000);
    await expect(post('prompt=a')).rejects.toThrow();
  });

  it('ends at the time limit, whatever is still running', async () => {
    const work = gated();
    await listen({ ...limits, drainTimeout: 200 }, work);
    const [running, waiting] = [raw(port, whole()), raw(port, whole())];
    await expect.poll(() => work.signals.length).toBe(1);
    const started = performance.now();
    await server.drain();
    expect(performance.now() - started).toBeLessThan(1000);
    expect(statuses(await running.closed)).toEqual([503]);
    expect(statuses(await waiting.closed)).toEqual([503]);
    work.open();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('happens on %s', async (signal) => {
    const main = fileURLToPath(new URL('main.mjs', import.meta.url));
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PORT: '0' },
    });
    const [line] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    port = Number(/:(\d+)/.exec(String(line))?.[1]);
    const idle = raw(port, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    const silent = raw(port);
    await expect.poll(() => statuses(idle.text())).toEqual([200]);
    const busy = Array.from({ length: 4 }, () => raw(port, whole()));
    const uploading = slow();
    await expect.poll(() => statuses(busy[0]?.text() ?? '')).toEqual([200]);
    const started = performance.now();
    child.kill(signal);
    const [code] = await once(child, 'exit');
    expect([code, performance.now() - started < 5000]).toEqual([0, true]);
    for (const one of busy) expect(statuses(await one.closed)).toEqual([200]);
    expect(statuses(await uploading.closed)).toEqual([503]);
    expect(statuses(await silent.closed)).toEqual([]);
  });
});
