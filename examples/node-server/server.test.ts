import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { type ClipSeg, createClipSeg, decodeImage, type ImageInput } from '@clipseg/node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { createSegmentationServer } from './server.mjs';

let clipSeg: ClipSeg<ImageInput>;
let picture: Buffer;
let server: ReturnType<typeof createSegmentationServer>;
let url: string;
beforeAll(async () => {
  clipSeg = await createClipSeg();
  picture = await readFile(new URL('../images/breakfast.png', import.meta.url));
});
afterAll(() => clipSeg.dispose());
const listen = async (options = {}) => {
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = createSegmentationServer(clipSeg, options);
  await new Promise<void>((done) => server.listen(0, done));
  url = `http://localhost:${(server.address() as AddressInfo).port}/`;
};
beforeEach(() => listen());
afterAll(() => server.close());
const post = (query: string, body: RequestInit['body'] = picture, init: RequestInit = {}) =>
  fetch(`${url}?${query}`, { method: 'POST', body, ...init });

it('answers with a mask', async () => {
  const response = await post('prompt=croissant');
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
  const mask = await decodeImage(await response.arrayBuffer());
  expect([mask.width, mask.height]).toEqual([640, 480]);
  const share = mask.data.filter((value) => value > 0).length / mask.data.length;
  expect(share).toBeGreaterThan(0.02);
  const strict = await post('prompt=croissant+AND+NOT+croissant');
  expect((await decodeImage(await strict.arrayBuffer())).data).not.toContain(255);
});

it.each([
  ['prompt=', 422, /empty/, undefined],
  ['prompt=a+AND+(', 422, /\^/, undefined],
  ['prompt=a&threshold=2', 422, /from 0 to 1/, undefined],
  ['prompt=a', 415, /cannot be decoded/, 'no picture'],
] as const)('%s is answered with %i', async (query, status, message, body) => {
  const response = await post(query, body);
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(message);
});

it('takes POST alone, and bodies and pictures of some size', async () => {
  expect((await fetch(url)).status).toBe(405);
  await listen({ bodyLimit: 1000 });
  expect((await post('prompt=a').catch(() => ({ status: 413 }))).status).toBe(413);
  await listen({ maxPixels: 1000 });
  expect((await post('prompt=a')).status).toBe(413);
});

/** A request whose picture has not quite come before `finish`: it is under way until then. */
function slowPost() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const send = (part: Uint8Array) => writer.write(part).catch(() => {}); // whom is sent away
  void send(picture.subarray(0, 1000));
  const init = { duplex: 'half' } as RequestInit;
  const answer = post('prompt=croissant', readable as RequestInit['body'], init);
  const finish = () => send(picture.subarray(1000)).then(() => writer.close().catch(() => {}));
  return { answer, finish };
}

it('sends away whom it cannot serve, and serves the others', async () => {
  await listen({ running: 1, waiting: 2 });
  const requests = Array.from({ length: 8 }, slowPost);
  const answered: Response[] = [];
  const answers = requests.map(({ answer }) => answer.then((one) => answered.push(one)));
  await expect.poll(() => answered.map(({ status }) => status)).toEqual(Array(5).fill(503));
  expect(answered[0]?.headers.get('retry-after')).toBe('1');
  for (const { finish } of requests) void finish();
  await Promise.all(answers);
  expect(answered.slice(5).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await post('prompt=croissant')).status).toBe(200);
});

it('does not work for those who hung up', async () => {
  await listen({ running: 1, waiting: 4 });
  const controller = new AbortController();
  const gone = post('prompt=croissant', picture, { signal: controller.signal });
  const stays = post('prompt=croissant');
  setTimeout(() => controller.abort(), 5);
  await expect(gone).rejects.toThrow();
  expect((await stays).status).toBe(200);
});
