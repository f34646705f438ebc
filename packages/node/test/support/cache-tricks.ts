import { spawnSync } from 'node:child_process';
import { link, mkdir, rename, rm, symlink, utimes } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../src/cache/lock.js';
import { thisProcess } from '../../src/cache/process-owner.js';
import { COMMIT } from './hub-server.js';
import { type Prepare, snapshotPath, type World } from './hub-world.js';

// Each function prepares a state of the cache, the options or the environment.

/** Fills the cache by a first run, then forgets its requests. */
export const cached =
  (...then: Prepare[]): Prepare =>
  async (world) => {
    await world.open();
    world.hub.clear();
    world.progress.length = 0;
    for (const prepare of then) await prepare(world);
  };

export const offline: Prepare = (world) => {
  world.options = { ...world.options, offline: true };
};
export const pinned: Prepare = (world) => {
  world.options = { ...world.options, revision: COMMIT };
};
/** Makes the hub unreachable. */
export const unreachable: Prepare = async (world) => {
  const gone = createServer();
  await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done));
  const { port } = gone.address() as AddressInfo;
  await new Promise((done) => gone.close(done));
  world.options = { ...world.options, endpoint: `http://127.0.0.1:${port}` };
};
export const option =
  (change: Record<string, unknown>): Prepare =>
  (world) => {
    world.options = { ...world.options, ...change };
  };
export const named =
  (id: string): Prepare =>
  (world) => {
    world.id = id;
  };
export const env =
  (
    values: Record<string, string | undefined> | ((world: World) => Record<string, string>),
  ): Prepare =>
  (world) => {
    Object.assign(world.env, typeof values === 'function' ? values(world) : values);
  };
export const all =
  (...prepares: Prepare[]): Prepare =>
  async (world) => {
    for (const prepare of prepares) await prepare(world);
  };
export const removed =
  (...files: string[]): Prepare =>
  async (world) => {
    for (const file of files) await rm(world.path(snapshotPath(world, file)));
  };

const blobPath = (world: World, name: string, suffix = ''): string =>
  join(world.repo, 'blobs', world.oid(name) + suffix);

/** Changes the content of a cached blob, keeping its size. */
export const damaged =
  (name: string): Prepare =>
  async (world) => {
    const bytes = Buffer.from(world.hub.files.get(name)!);
    bytes[9] = bytes[9]! ^ 1;
    await world.write(blobPath(world, name), bytes);
    await utimes(world.path(blobPath(world, name)), 1e9, 1e9);
  };

/** Leaves a partial file of the weights from an earlier run. */
export const leftover =
  (content: (whole: Buffer) => Uint8Array): Prepare =>
  (world) =>
    world.write(
      blobPath(world, 'model.safetensors', '.incomplete'),
      content(world.hub.files.get('model.safetensors')!),
    );

/** Puts a link in the cache that leads out of it. */
export const planted =
  (target: string, at: (world: World) => string, make = symlink): Prepare =>
  async (world) => {
    const path = world.path(at(world));
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { recursive: true, force: true });
    await make(world.path(target), path);
  };
export const partOf =
  (name: string) =>
  (world: World): string =>
    blobPath(world, name, '.incomplete');
export const blobOf =
  (name: string) =>
  (world: World): string =>
    blobPath(world, name);
export const hardLink = link as unknown as typeof symlink;

/** Python's cache on a system without links: the snapshot contains the files themselves. */
export const copies: Prepare = async (world) => {
  for (const name of ['config.json', 'preprocessor_config.json', 'vocab.json', 'merges.txt']) {
    await rename(world.path(blobPath(world, name)), world.path(snapshotPath(world, name)));
  }
  const name = 'model.safetensors';
  await rename(world.path(blobPath(world, name)), world.path(snapshotPath(world, name)));
};

export async function linkedCache(world: World): Promise<void> {
  await world.write('hub-of-another-disk/file', '');
  await symlink(world.path('hub-of-another-disk'), world.path('hub'));
}

const lockOf = (world: World): string => join('hub', '.locks', basename(world.repo), 'clipseg');

/** Locks the repository for a process that was killed. */
export const lockedByDead: Prepare = async (world) => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const owner = thisProcess().replace(/^\d+-\d+/, `${pid}-1`);
  await world.write(join(lockOf(world), owner), '');
};
/** Locks the repository for another machine, last touched `seconds` ago. */
export const lockedElsewhere =
  (seconds: number): Prepare =>
  async (world) => {
    await world.write(join(lockOf(world), '1-1-0123456789ab'), '');
    const then = new Date(Date.now() - seconds * 1000);
    await utimes(world.path(lockOf(world)), then, then);
  };
/** Locks the repository until another call reports that it waits. */
export const locked: Prepare = (world) =>
  new Promise<void>((isHeld) => {
    const hold = async () => {
      isHeld();
      while (!world.progress.some(({ stage }) => stage === 'wait')) await sleep(10);
    };
    void withLock(world.path(lockOf(world)), hold);
  });
export const abortsAfter =
  (ms: number): Prepare =>
  (world) => {
    world.signal = AbortSignal.timeout(ms);
  };
/** Opens the model twice more at the same time. */
export const crowd: Prepare = (world) => {
  world.meanwhile = Promise.all([world.open(), world.open()]);
};
