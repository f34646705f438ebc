import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Progress } from '@clipseg/node';
import type { RepositoryOptions } from '../../src/hub/options.js';
import { repository } from '../../src/hub/repository.js';
import { snapshotFolder } from '../../src/hub/snapshot.js';
import { COMMIT, createHubServer, gitOid, type HubServer, sha256 } from './hub-server.js';
import { createProxy, type ProxyServer } from './proxy.js';

// Environment of every hub scenario: a hub, another host, and a folder with a cache and with files
// beside it that must not change.

export const ID = 'someone/some-model';
export const TOKEN = 'secret-of-mine';
/** The one large file. */
export const BIG = 'model.safetensors';

export type Prepare = (world: World) => unknown;

/** Another host, with the requests and headers it received. */
export interface Other {
  readonly url: string;
  readonly port: number;
  readonly requests: IncomingMessage[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface World {
  readonly hub: HubServer;
  readonly other: Other;
  readonly proxy: ProxyServer;
  /** Folder with the cache `hub` and files beside it that must not change. */
  readonly root: string;
  /** models--OWNER--NAME */
  readonly repo: string;
  readonly progress: Progress[];
  options: RepositoryOptions;
  id: string;
  signal?: AbortSignal;
  /** Concurrent work, awaited at the end. */
  meanwhile?: Promise<unknown>;
  env: Record<string, string | undefined>;
  /** Returns the snapshot's folder, as a model source would. */
  open(options?: RepositoryOptions): Promise<string>;
  path(...parts: string[]): string;
  oid(file: string): string;
  write(path: string, content: string | Uint8Array): Promise<void>;
}

const weights = Buffer.alloc(300_000, 'these are weights, which are not parsed. ');
const FILES: readonly (readonly [string, Buffer])[] = [
  ['config.json', Buffer.from('{"model_type":"clipseg"}')],
  ['preprocessor_config.json', Buffer.from('{"image_mean":[0.485,0.456,0.406]}')],
  ['vocab.json', Buffer.from('{"a":0}')],
  ['merges.txt', Buffer.from('#version: 0.2\n')],
  ['model.safetensors', weights],
  ['README.md', Buffer.from('not wanted')],
];

const WANTED = FILES.map(([name]) => name).filter((name) => name !== 'README.md');

async function createOther(): Promise<Other & { close(): void }> {
  const server = createServer((request, response) => {
    other.requests.push(request);
    other.answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const other = {
    url: `http://localhost:${port}`,
    port,
    requests: [] as IncomingMessage[],
    answer: (_: IncomingMessage, response: ServerResponse) => void response.writeHead(404).end(),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return other;
}

/** Lists every path below a folder with its content; links stay links. */
export function treeOf(folder: string, skip: string[] = []): Record<string, string> {
  const entries: Record<string, string> = {};
  const visit = (path: string, name: string) => {
    if (skip.includes(name)) return;
    const info = lstatSync(path);
    if (info.isSymbolicLink()) entries[name] = `-> ${readlinkSync(path)}`;
    else if (info.isFile()) entries[name] = sha256(readFileSync(path));
    else for (const one of readdirSync(path)) visit(join(path, one), join(name, one));
  };
  visit(folder, '');
  return entries;
}

/** Lists temporary files in a cache. */
export async function leftovers(root: string): Promise<string[]> {
  const cache = join(root, 'hub');
  if (!existsSync(cache)) return [];
  const names = await readdir(cache, { recursive: true });
  return names.filter((name) => /\.incomplete$|\.tmp$|\.copy$|\.locks\/.*\/.*/.test(name));
}

/** Lists files of the snapshot that differ from the hub's. */
export async function wrongFiles(folder: string, hub: HubServer): Promise<string[]> {
  const wrong: string[] = [];
  for (const name of WANTED) {
    const listed = hub.files.get(name);
    if (!listed) continue;
    const found = await readFile(join(folder, name)).catch(() => undefined);
    if (!found?.equals(listed)) wrong.push(name);
  }
  return wrong;
}

/** Starts the servers that all scenarios share. */
export async function createServers() {
  const [hub, other] = await Promise.all([createHubServer(ID), createOther()]);
  const proxy = await createProxy(Number(new URL(hub.url).port));
  const close = async () => {
    other.close();
    proxy.close();
    await hub.close();
  };
  return { hub, other, proxy, close };
}
export type Servers = Awaited<ReturnType<typeof createServers>>;

function reset({ hub, other, proxy }: Servers): void {
  proxy.targets.length = 0;
  hub.clear();
  hub.replaced.clear();
  hub.files.clear();
  for (const [name, bytes] of FILES) hub.files.set(name, bytes);
  hub.intercept = undefined;
  hub.breakAfter = undefined;
  hub.list = undefined;
  hub.serve = undefined;
  other.requests.length = 0;
  other.answer = (_, response) => response.writeHead(404).end();
}

/** Creates a new folder and resets the servers. */
export async function createWorld(servers: Servers): Promise<World> {
  reset(servers);
  const { hub, other, proxy } = servers;
  const root = await mkdtemp(join(tmpdir(), 'clipseg-scenario-'));
  const path = (...parts: string[]) => join(root, ...parts);
  const write: World['write'] = async (file, content) => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), content);
  };
  await write('canary', 'as it was');
  await write('elsewhere/canary', 'as it was');
  const repo = join('hub', `models--${ID.replace('/', '--')}`);
  const world: World = {
    hub,
    other,
    proxy,
    root,
    repo,
    progress: [],
    id: ID,
    env: {},
    options: {
      endpoint: hub.url,
      cacheDir: path('hub'),
      token: TOKEN,
      retryDelayMs: 2,
      stallTimeoutMs: 10_000,
    },
    async open(options) {
      const { signal, progress, id } = world;
      const settled = await repository(id, { ...world.options, ...options });
      return snapshotFolder(settled, { signal, onProgress: (p) => progress.push(p) });
    },
    path,
    write,
    oid(file) {
      const bytes = hub.files.get(file)!;
      return file.endsWith('.safetensors') ? sha256(bytes) : gitOid(bytes);
    },
  };
  return world;
}

export const removeWorld = ({ root }: World): Promise<void> =>
  rm(root, { recursive: true, force: true });

export const snapshotPath = ({ repo }: World, file = ''): string =>
  join(repo, 'snapshots', COMMIT, file);
