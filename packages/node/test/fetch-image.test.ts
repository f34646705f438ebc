import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { fetchImage } from '../src/http/fetch-image.js';
import { createTransport } from '../src/http/transport.js';
import { createProxy, type ProxyServer } from './support/proxy.js';

const picture = Buffer.alloc(5000, 'p');
const bomb = gzipSync(Buffer.alloc(2 ** 26));
const seen: IncomingMessage['headers'][] = [];
let busy = 0;

const answers: Record<string, (response: ServerResponse) => unknown> = {
  '/picture': (response) => response.end(picture),
  '/packed': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(picture)),
  '/bomb': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  '/huge': (response) => response.writeHead(200, { 'content-length': 2 ** 40 }).write('x'),
  '/endless': (response) => {
    const more = () => {
      while (!response.destroyed && response.write(picture));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  },
  '/silent': () => {},
  '/drip': (response) => {
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/busy': (response) =>
    busy-- > 0 ? response.writeHead(503).end() : response.writeHead(200).end(picture),
  '/on': (response) => response.writeHead(302, { location: `${other}/picture` }).end(),
  '/round': (response) => response.writeHead(302, { location: '/round' }).end(),
  '/metadata': (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
  '/file': (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
};
const server = createServer((request, response) => {
  seen.push(request.headers);
  const answer = answers[request.url?.replace(/\?.*/, '') ?? ''];
  if (answer) answer(response);
  else response.writeHead(404).end();
});
let [base, other] = ['', ''];
let proxy: ProxyServer;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  [base, other] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  proxy = await createProxy(port);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  proxy.close();
});
afterEach(() => vi.unstubAllEnvs());

const get = (url: string) =>
  fetchImage(new URL(url, base), { maxBytes: 100_000, stallTimeoutMs: 300 });

it('sends the user and password of a URL only to its own host', async () => {
  seen.length = 0;
  const url = new URL('/on', base);
  [url.username, url.password] = ['me', 'pass word'];
  expect(picture.equals(await get(url.href))).toBe(true);
  const basic = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
  expect(seen.map(({ authorization }) => authorization)).toEqual([basic, undefined]);
});

it.each(['/picture', '/packed', '/on', '/busy'])('%s is fetched', async (url) => {
  busy = 1;
  vi.stubEnv('HF_TOKEN', 'secret');
  seen.length = 0;
  expect(picture.equals(await get(url))).toBe(true);
  expect(seen.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
});

it.each([
  ['/bomb', 'invalid-image', /has more than 100000 bytes/],
  ['/huge', 'invalid-image', /has more than 100000 bytes/],
  ['/endless', 'invalid-image', /has more than 100000 bytes/],
  ['/silent', 'network', /no data for 0.3 s/],
  ['/drip', 'network', /no data for 0.3 s/],
  ['/round', 'network', /redirects endlessly/],
  ['/metadata', 'network', /169\.254\.169\.254, a private address/],
  ['/file', 'network', /a file: address/],
  ['/none?key=secret', 'network', /^http:\/\/127.0.0.1:\d+\/none: it answers 404\.$/],
])('%s is refused', async (url, code, message) => {
  const error = { code, message: expect.stringMatching(message) };
  await expect(get(url)).rejects.toMatchObject(error);
});

it('uses a proxy', async () => {
  vi.stubEnv('http_proxy', proxy.host);
  expect(picture.equals(await get('http://hub.test/picture'))).toBe(true);
  expect(proxy.targets).toEqual(['hub.test:80']);
});

it('a redirect from a public address to a name with a private address is refused', async () => {
  for (const [home, expected] of [
    ['https://8.8.8.8/', /localhost, a private address/],
    ['http://127.0.0.1:1/', undefined],
  ] as const) {
    const transport = createTransport({ home: new URL(home) });
    try {
      const reply = transport.get(new URL(`${other}/picture`));
      if (expected) await expect(reply).rejects.toThrow(expected);
      else expect((await reply).status).toBe(200);
    } finally {
      await transport.close();
    }
  }
});
