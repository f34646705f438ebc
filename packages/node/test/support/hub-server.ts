import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

// A local server with the hub's file protocol for one model: revision, tree, and resolve with
// ranges.

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export interface HubServer {
  readonly url: string;
  /** `METHOD path` of every request since the last `clear`. */
  readonly requests: string[];
  readonly headers: IncomingMessage['headers'][];
  clear(): void;
  /** Runs before the protocol; returns true if it has responded. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Breaks the connection after a number of bytes of a file, a number of times. */
  breakAfter?: { bytes: number; times: number };
  /** Contents served instead of a file's. */
  readonly replaced: Map<string, Uint8Array>;
  /** Files of the repository, listed and served. */
  readonly files: Map<string, Buffer>;
  /** Changes the listing. */
  list?: (entries: ListedFile[]) => unknown;
  /** Responds instead of a file's content, from byte `start`; returns true if it has. */
  serve?: (content: Content) => unknown;
  close(): Promise<void>;
}

export interface ListedFile {
  readonly type: string;
  readonly path: string;
  readonly oid: string;
  readonly size: number;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
}

/** Request for the content of a file. */
export interface Content {
  readonly name: string;
  readonly bytes: Buffer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Git's name of a blob. */
export const gitOid = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

export async function createHubServer(id: string, folder = ''): Promise<HubServer> {
  const files = new Map<string, Buffer>();
  for (const name of folder ? readdirSync(folder) : []) {
    files.set(name, readFileSync(join(folder, name)));
  }
  const isLarge = (name: string) => /safetensors|\.bin$/.test(name);
  const entry = (path: string): ListedFile => {
    const bytes = files.get(path)!;
    const [oid, size] = [gitOid(bytes), bytes.length];
    const lfs = { oid: sha256(bytes), size, pointerSize: 134 };
    return { type: 'file', path, oid, size, ...(isLarge(path) ? { lfs } : {}) };
  };

  const listed = () => {
    const entries = [...files.keys()].map(entry);
    return server.list ? server.list(entries) : entries;
  };

  function api(path: string, response: ServerResponse): void {
    const json = (value: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    if (path.includes('/revision/')) json({ _id: '1', id, sha: COMMIT, siblings: [] });
    else if (path.includes('/tree/')) json(listed());
    else response.writeHead(404).end();
  }

  function resolve(name: string, request: IncomingMessage, response: ServerResponse): void {
    const stored = server.replaced.get(name) ?? files.get(name);
    if (!stored) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    const bytes = Buffer.from(stored);
    if (server.serve?.({ name, bytes, request, response })) return;
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from);
    const end = to === '' ? bytes.length - 1 : Math.min(Number(to), bytes.length - 1);
    const part = bytes.subarray(start, end + 1);
    response.writeHead(request.headers.range ? 206 : 200, {
      'content-length': part.length,
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
      'accept-ranges': 'bytes',
      etag: `"${isLarge(name) ? sha256(bytes) : gitOid(bytes)}"`,
      'x-repo-commit': COMMIT,
    });
    const { breakAfter } = server;
    if (breakAfter && breakAfter.times > 0 && isLarge(name) && part.length > breakAfter.bytes) {
      breakAfter.times--;
      response.write(part.subarray(0, breakAfter.bytes), () => {
        setTimeout(() => response.destroy(), 20);
      });
      return;
    }
    response.end(request.method === 'HEAD' ? undefined : part);
  }

  const http = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/\?.*$/, ''));
    server.requests.push(`${request.method} ${path}`);
    server.headers.push(request.headers);
    if (server.intercept?.(request, response)) return;
    if (path.startsWith(`/api/models/${id}/`)) api(path, response);
    else if (path.startsWith(`/${id}/resolve/`))
      resolve(path.split('/')[5] ?? '', request, response);
    else response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end('{}');
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const server: HubServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    headers: [],
    replaced: new Map(),
    files,
    clear() {
      server.requests.length = 0;
      server.headers.length = 0;
    },
    close: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
  return server;
}
