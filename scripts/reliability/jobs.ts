// Jobs that are killed or run out of disk space: the long-running commands that write files, each
// in a separate folder, with the results it must have written at the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHubServer } from '../../packages/node/test/support/hub-server.js';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const cli = pathOf('packages/node/bin/clipseg.js');
const tiny = pathOf('fixtures/checkpoints/tiny-refined');
const scenes = pathOf('fixtures/scenes/images');
const HUB_ID = 'someone/tiny-refined';

export interface Job {
  readonly name: string;
  /** Arguments of `clipseg`, which runs in the job's folder. */
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Results in the folder that must be the same, whatever happened before. */
  readonly results: readonly string[];
  /** Share of the run before which it is not killed, as nothing is written until then. */
  readonly from: number;
}

/** Proxy to a hub that limits the bytes per second of responses. */
async function slowed(target: string, bytesPerSecond: number) {
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method, headers } = incoming;
    const onward = request(`${target}${incoming.url}`, { method, headers }, (answer) => {
      const throttle = new Transform({
        highWaterMark: 4096,
        async transform(piece: Buffer, _, done) {
          await sleep((1000 * piece.length) / bytesPerSecond);
          done(null, piece);
        },
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(throttle).pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(pass);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Creates the jobs, and a function that closes their servers. */
export async function createJobs(): Promise<{ jobs: Job[]; close(): Promise<void> }> {
  const hub = await createHubServer(HUB_ID, tiny);
  const slow = await slowed(hub.url, 2_000_000);
  const image = join(scenes, '000.png');
  const jobs: Job[] = [
    {
      name: 'download, conversion into the cache, masks',
      args: ['segment', image, '-p', 'a cat', '-m', HUB_ID, '--format', 'mask,npy', '-q'],
      env: { HF_ENDPOINT: slow.url },
      results: ['out'],
      from: 0.2,
    },
    {
      name: 'conversion to a folder',
      args: ['convert', tiny, 'model', '--dtype', 'fp32,fp16,int8'],
      results: ['model'],
      from: 0.2,
    },
    {
      name: 'masks of three images in twelve formats',
      args: [
        'segment',
        ...['000', '001', '002'].map((name) => join(scenes, `${name}.png`)),
        '-p',
        'cow',
        '-p',
        'balloon',
        '-q',
        '--format',
        'mask,overlay,palette,cutout,heatmap,probabilities,npy,svg,coco,labelme,geojson,rle',
      ],
      results: ['out'],
      from: 0.4,
    },
  ];
  return {
    jobs,
    async close() {
      slow.close();
      await hub.close();
    },
  };
}

/** Starts the job in `folder`; it writes nothing elsewhere. */
export function start(job: Job, folder: string): ChildProcess {
  const env = {
    ...process.env,
    HF_HOME: join(folder, 'hf'),
    CLIPSEG_CACHE: join(folder, 'cache'),
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'xdg'),
    TMPDIR: folder,
    ...job.env,
  };
  return spawn(process.execPath, [cli, ...job.args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) =>
    child.on('close', (code, signal) => done({ code, signal, stderr: stderr.slice(-2000) })),
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .map(
      (entry) =>
        relative(folder, join(entry.parentPath, entry.name)) + (entry.isDirectory() ? '/' : ''),
    )
    .sort();
}

// Files that exist only during a run or after it was killed.
const PASSING = /\.tmp\b|\.tmp-|\.scratch-|\.incomplete|\.lock$|mat-debug|\.locks\/.+\/.+/;

/** Computes a digest of the names and contents of all results. */
export async function resultOf(job: Job, folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of job.results) {
    for (const file of await filesBelow(join(folder, part))) {
      if (PASSING.test(file)) continue; // counted separately
      hash.update(`${file}\0`);
      if (!file.endsWith('/')) hash.update(await readFile(join(folder, part, file)));
    }
  }
  return hash.digest('hex');
}

/** Lists temporary files in the folder. */
export async function leftovers(folder: string): Promise<string[]> {
  return (await filesBelow(folder)).filter((file) => PASSING.test(file));
}
