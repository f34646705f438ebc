import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
};

/** A response with a file, which a test may change. */
interface Delivery {
  readonly path: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The whole file, or the requested range. */
  bytes: Uint8Array;
  /** Number of bytes after which to close the connection. */
  cutAfter?: number;
}

export interface Server {
  readonly url: string;
  /** Requested paths, with their Range header. */
  readonly requests: { readonly path: string; readonly range: string | undefined }[];
  /** Whether to send the headers that threads need. */
  isolated: boolean;
  /** Whether to support Range requests. */
  ranges: boolean;
  /** Called before a file is sent; returns true if it has responded itself. */
  deliver: ((delivery: Delivery) => boolean | undefined) | undefined;
  reset(): void;
  close(): Promise<void>;
}

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

function find(mounts: Readonly<Record<string, string>>, path: string): string | undefined {
  for (const [prefix, folder] of Object.entries(mounts)) {
    if (!path.startsWith(prefix)) continue;
    // A prefix without a trailing slash may be a single file.
    const rest = path.slice(prefix.length);
    const file = rest === '' ? folder : join(folder, normalize(`/${rest}`));
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  }
  return undefined;
}

/** Returns the path of a URL; `/` if it cannot be decoded. Removes NUL characters. */
function pathOf(url = '/'): string {
  try {
    return decodeURIComponent(url.replace(/[?#].*$/, '')).replaceAll('\0', '');
  } catch {
    return '/';
  }
}

async function readAll(file: string): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await createReadStream(file).toArray()));
}

/** Serves folders by prefix; the first one that has the file is used. */
export async function createFileServer(mounts: Readonly<Record<string, string>>): Promise<Server> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url);
    const { range } = request.headers;
    server.requests.push({ path, range });
    const file = find(mounts, path.endsWith('/') ? `${path}index.html` : path);
    if (!file) {
      response.writeHead(404, server.isolated ? isolation : {}).end();
      return;
    }
    const whole = await readAll(file);
    const [, first] = /^bytes=(\d+)-/.exec(server.ranges ? (range ?? '') : '') ?? [];
    const start = Number(first ?? 0);
    const delivery: Delivery = { path, request, response, bytes: whole.slice(start) };
    if (server.deliver?.(delivery)) return;
    response.writeHead(first === undefined ? 200 : 206, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-length': delivery.bytes.length,
      // Files that tests change are never cached; scripts and WASM are, also as compiled code.
      'cache-control': /^\/(own|model)\//.test(path) ? 'no-store' : 'max-age=600',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'content-range',
      'cross-origin-resource-policy': 'cross-origin',
      ...(server.isolated ? isolation : {}),
      ...(first === undefined
        ? {}
        : { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` }),
    });
    const { cutAfter } = delivery;
    if (cutAfter !== undefined && cutAfter < delivery.bytes.length) {
      response.write(delivery.bytes.subarray(0, cutAfter), () => {
        setTimeout(() => response.destroy(), 20); // after the bytes were sent
      });
      return;
    }
    Readable.from([Buffer.from(delivery.bytes)]).pipe(response);
  }

  const http = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const server: Server = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    isolated: true,
    ranges: true,
    deliver: undefined,
    reset() {
      server.requests.length = 0;
      server.isolated = true;
      server.ranges = true;
      server.deliver = undefined;
    },
    close: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
  return server;
}
