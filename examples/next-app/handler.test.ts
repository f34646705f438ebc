import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { createMaskHandler } from './app/api/mask/handler.js';

type Handler = (request: Request) => Promise<Response>;
const handler = (options = {}): Handler => createMaskHandler(options);
const image = await readFile(new URL('../images/meadow.png', import.meta.url));
const ask = (query: string, init: RequestInit = {}) =>
  new Request(`http://x/api/mask?${query}`, {
    method: 'POST',
    body: new Uint8Array(image),
    duplex: 'half',
    ...init,
  } as RequestInit);

/** Returns an endless body that sends `part` at intervals. */
function dripping(part: Uint8Array, milliseconds: number) {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: async (stream) => {
      stream.enqueue(part);
      await new Promise((done) => setTimeout(done, milliseconds));
    },
    cancel() {
      cancelled = true;
    },
  });
  return { body, cancelled: () => cancelled };
}

it.each([
  ['stalls', 1_000_000, 408],
  ['drips', 20, 408],
  ['never ends', 0, 413],
] as const)('a body that %s takes no slot', async (_, every, status) => {
  const times = status === 408 ? { stallTimeout: 100, bodyTimeout: 300 } : {};
  const answer = handler({ requests: 1, heldBytes: 1e9, ...times });
  const slow = Array.from({ length: 10 }, () => {
    return dripping(new Uint8Array(status === 413 ? 1e6 : 1), every);
  });
  const refused = slow.map(({ body }) => answer(ask('prompt=cow', { body })));
  expect((await answer(ask('prompt=cow'))).status).toBe(200);
  for (const response of refused) expect((await response).status).toBe(status);
  for (const { cancelled } of slow) expect(cancelled()).toBe(true);
});

it('limits the memory of all bodies, and frees it', async () => {
  const answer = handler({ heldBytes: 1.5 * image.length, stallTimeout: 200 });
  const { body } = dripping(image.subarray(0, -1), 1_000_000);
  const first = answer(ask('prompt=cow', { body }));
  await expect.poll(async () => (await answer(ask('prompt=cow'))).status).toBe(503);
  expect((await first).status).toBe(408);
  expect((await answer(ask('prompt=cow'))).status).toBe(200);
});

it('stops for clients that leave, while sending or waiting', async () => {
  const answer = handler();
  const controller = new AbortController();
  const { signal } = controller;
  const { body } = dripping(new Uint8Array(1), 1_000_000);
  const answers = [ask('prompt=cow', { body, signal }), ask('prompt=cow', { signal })].map(answer);
  controller.abort();
  for (const response of answers) expect((await response).status).toBe(499);
});

it.each([
  ['prompt=', 422],
  [`prompt=${'a'.repeat(501)}`, 422],
  ['prompt=cow&threshold=', 422],
  ['prompt=cow+AND+(', 422],
] as const)('%s gets %i, before the body is read', async (query, status) => {
  const { body } = dripping(new Uint8Array(1), 1_000_000);
  const init = query === 'prompt=' ? { body: new Uint8Array(image) } : { body };
  expect((await handler()(ask(query, init))).status).toBe(status);
});

it('answers 413 to an image with too many pixels, according to its header', async () => {
  expect((await handler({ maxPixels: 1000 })(ask('prompt=cow'))).status).toBe(413);
});
