import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { COMMIT, type Content, type ListedFile } from './hub-server.js';
import { BIG, ID, type Prepare, type World } from './hub-world.js';

// Each function makes the hub or the network misbehave.

type Loose = Omit<Partial<Record<keyof ListedFile, unknown>>, 'lfs'> & { lfs?: unknown };

/** Changes the entry of one file (config.json) in the listing. */
export const lists =
  (change: Loose, name = 'config.json'): Prepare =>
  ({ hub }) => {
    hub.list = (entries) => entries.map((e) => (e.path === name ? { ...e, ...change } : e));
  };
/** Adds a file to the listing. */
export const listsToo =
  (...more: Loose[]): Prepare =>
  ({ hub }) => {
    const like = { type: 'file', oid: 'a'.repeat(40), size: 3 };
    hub.list = (entries) => [...entries, ...more.map((one) => ({ ...like, ...one }))];
  };

export const json = (response: ServerResponse, value: unknown, headers = {}): true => {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
  return true;
};

/** Changes the response of API paths that contain `part`. */
export const answers =
  (part: string, answer: (response: ServerResponse, request: IncomingMessage) => void): Prepare =>
  ({ hub }) => {
    hub.intercept = (request, response) => {
      if (!request.url?.includes(part)) return false;
      answer(response, request);
      return true;
    };
  };
export const status = (part: string, code: number, headers = {}): Prepare =>
  answers(part, (response) => void response.writeHead(code, headers).end('{}'));

/** Changes the response for the weights, or another file, `times` times. */
export const serves =
  (
    answer: (content: Content) => void,
    { times = Number.POSITIVE_INFINITY, name = 'model.safetensors' } = {},
  ): Prepare =>
  ({ hub }) => {
    let left = times;
    hub.serve = (content) => {
      if (content.name !== name || left-- <= 0) return false;
      answer(content);
      return true;
    };
  };

/** Sends half of the content; then the connection stalls or breaks. */
export const half =
  (end: 'stops' | 'breaks') =>
  ({ bytes, response }: Content): void => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => {
      if (end === 'breaks') setTimeout(() => response.destroy(), 10);
    });
  };

/** Sends a byte from time to time. */
export function drip({ bytes, response }: Content): void {
  response.writeHead(200, { 'content-length': bytes.length });
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
}

/** Sends endless data without a length. */
export function endless({ response }: Content): void {
  response.writeHead(200);
  const piece = Buffer.alloc(65536, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

export const gzipped =
  (content?: Buffer) =>
  ({ bytes, response }: Content): void => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content ?? bytes));
  };

/** Redirects content requests to the other host, like presigned URLs. */
export const presigned =
  (headers: Record<string, string> = {}): Prepare =>
  (world) => {
    const { hub, other } = world;
    const contents = new Map<string, Content>();
    hub.serve = (content) => {
      if (content.request.headers['x-inner']) return false;
      contents.set(content.name, content);
      const location = `${other.url}/cdn/${content.name}?signature=1`;
      content.response.writeHead(302, { location, ...headers }).end();
      return true;
    };
    other.answer = ({ url = '', headers: asked }, response) => {
      const bytes = hub.files.get(/cdn\/([^?]+)/.exec(url)?.[1] ?? '')!;
      const from = Number(/bytes=(\d+)/.exec(asked.range ?? '')?.[1] ?? 0);
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(from ? 206 : 200, { ...headers, 'content-range': range });
      if (bytes.length > 99_999 && hub.breakAfter && hub.breakAfter.times-- > 0) {
        response.write(bytes.subarray(from, from + 99_999), () =>
          setTimeout(() => response.destroy(), 10),
        );
      } else response.end(bytes.subarray(from));
    };
  };

/** Redirects content requests to an address. */
export const redirects = (location: string | undefined, code = 302): Prepare =>
  serves(({ response }) => void response.writeHead(code, location ? { location } : {}).end());

/**
 * Serves the hub as if it were on the internet, with a custom fetch; redirects contents to
 * `location` and records requests to other hosts.
 */
export const publicHub =
  (location?: string): Prepare =>
  (world) => {
    const { hub, options } = world;
    const reach: typeof fetch = async (input, init) => {
      const url = new URL(String(input));
      const headers = new Headers(init?.headers);
      const isHub = url.host === 'hub.example';
      if (!isHub) {
        world.other.requests.push({ url: url.href, headers: Object.fromEntries(headers) } as never);
      }
      if (isHub && location && url.pathname.includes('/resolve/')) {
        const to = location.replace('FILE', url.pathname.split('/').at(-1)!);
        return new Response(null, { status: 302, headers: { location: to } });
      }
      const path = isHub ? url.pathname : `/${ID}/resolve/${COMMIT}${url.pathname}`;
      return fetch(`${hub.url}${path}`, init);
    };
    world.options = { ...options, endpoint: 'https://hub.example', fetch: reach };
  };

/** Splits the weights into two files with an index. */
export const sharded =
  (map?: Record<string, string>): Prepare =>
  ({ hub }) => {
    const whole = hub.files.get('model.safetensors')!;
    hub.files.delete('model.safetensors');
    const names = [1, 2].map((n) => `model-0000${n}-of-00002.safetensors`);
    const [first = '', second = ''] = names;
    hub.files.set(first, whole.subarray(0, 1000));
    hub.files.set(second, whole.subarray(1000));
    const index = { metadata: {}, weight_map: map ?? { a: first, b: second } };
    hub.files.set('model.safetensors.index.json', Buffer.from(JSON.stringify(index)));
  };

export function pages({ hub }: World): void {
  let page = 0;
  hub.intercept = (request, response) => {
    if (!request.url?.includes('/tree/') || page++ > 0) return false;
    return json(response, [], { link: `<https://hub.example${request.url}&cursor=2>; rel="next"` });
  };
}
export function breaks({ hub }: World): void {
  hub.breakAfter = { bytes: 99_999, times: 2 };
}
/** The other host redirects back to the hub, which must not get the token again. */
export function backAndForth({ hub, other }: World): void {
  hub.serve = ({ name, request, response }) => {
    if (name !== BIG || request.url?.includes('?back')) return false;
    response.writeHead(302, { location: `${other.url}${request.url}` }).end();
    return true;
  };
  other.answer = ({ url }, response) => {
    response.writeHead(302, { location: `${hub.url}${url}?back` }).end();
  };
}
export const opaque = (async () => ({
  type: 'opaqueredirect',
  status: 0,
})) as unknown as typeof fetch;
export function withoutRanges({ hub }: World): void {
  const { serve } = hub;
  hub.serve = (content) => {
    if (serve?.(content)) return true;
    delete content.request.headers.range;
    return false;
  };
}
export const otherPart: (content: Content) => void = ({ bytes, response }) => {
  const range = `bytes 5-${bytes.length - 1}/${bytes.length}`;
  response.writeHead(206, { 'content-range': range }).end(bytes);
};
export function busy(headers: Record<string, string | (() => string)>): Prepare {
  return ({ hub }) => {
    let left = 1;
    hub.intercept = (_, response) => {
      if (left-- <= 0) return false;
      for (const [name, value] of Object.entries(headers)) {
        response.setHeader(name, typeof value === 'string' ? value : value());
      }
      response.writeHead(503).end();
      return true;
    };
  };
}
export function status503(retryAfter: string): Prepare {
  return status('/revision/', 503, { 'retry-after': retryAfter });
}
export function abortedHalfWay(world: World): void {
  const controller = new AbortController();
  world.signal = controller.signal;
  serves(({ bytes, response }) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 9), () => setTimeout(() => controller.abort(), 20));
  })(world);
}
export function hubAsOption(world: World): void {
  world.options = { ...world.options, endpoint: world.hub.url };
}
