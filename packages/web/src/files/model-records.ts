import { ClipSegError } from '@clipseg/core';
import type { ByteStore, Manifest } from '@clipseg/core/model';
import { storeKey } from './download.js';
import { ifUnlocked, withLock } from './lock.js';
import { sleep } from './sleep.js';

/** A model's entry in the store, for offline starts, and to choose which model to evict. */
export interface ModelRecord {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** The text of clipseg.json. */
  readonly manifest: string;
  /** Keys of its files in the store, fetched or not. */
  readonly keys: readonly string[];
}

const PREFIX = 'model-';
const LOCK = 'records';
const utf8 = new TextEncoder();

export const fileKeys = (manifest: Manifest): string[] =>
  Object.values(manifest.files).map(({ sha256 }) => storeKey(sha256));

/** Reads a model's record; undefined if it is missing or malformed. */
export async function readRecord(store: ByteStore, url: string): Promise<ModelRecord | undefined> {
  const bytes = await store.read(PREFIX + url);
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes));
    return typeof record.manifest === 'string' && Array.isArray(record.keys) ? record : undefined;
  } catch {
    return undefined;
  }
}

async function allRecords(store: ByteStore): Promise<ModelRecord[]> {
  const keys = (await store.keys()).filter((key) => key.startsWith(PREFIX));
  const records = await Promise.all(keys.map((key) => readRecord(store, key.slice(PREFIX.length))));
  return records.filter((record) => record !== undefined);
}

/** Deletes files that no model lists any more, i.e. those of a model's earlier version. */
async function sweep(store: ByteStore, records: readonly ModelRecord[]): Promise<void> {
  const wanted = new Set(records.flatMap(({ keys }) => keys));
  for (const key of await store.keys()) {
    if (!key.startsWith(PREFIX) && !wanted.has(key)) await store.delete(key);
  }
}

/** Retries a write as long as room can be made: browsers grant more than they have. */
async function writeWithRoom(
  write: () => Promise<void>,
  room: () => Promise<boolean>,
): Promise<void> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      const full = ClipSegError.isInstance(error) && error.code === 'io';
      if (!full || !(await room())) throw error;
    }
  }
}

/** Records that the model is in use, with its current manifest. */
export function writeRecord(
  store: ByteStore,
  url: string,
  manifest: string,
  keys: readonly string[],
): Promise<void> {
  return withLock(LOCK, async () => {
    const record: ModelRecord = { url, usedAt: Date.now(), manifest, keys };
    const bytes = utf8.encode(JSON.stringify(record));
    // The lock is held here, so making room must not request it again.
    await writeWithRoom(
      () => store.write(PREFIX + url, 0, bytes),
      () => evict(store, url),
    );
    await sweep(store, await allRecords(store));
  });
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Deletes the least recently used model other than this one; false if there is none. */
async function evict(store: ByteStore, url: string): Promise<boolean> {
  const records = await allRecords(store);
  const others = records.filter((record) => record.url !== url);
  const [oldest] = others.toSorted((a, b) => a.usedAt - b.usedAt);
  if (!oldest) return false;
  await store.delete(PREFIX + oldest.url);
  await sweep(
    store,
    records.filter((record) => record !== oldest),
  );
  return true;
}

/**
 * Makes room for a number of bytes by deleting the least recently used models. Returns undefined,
 * or why the bytes do not fit.
 */
export function makeRoom(
  store: ByteStore,
  url: string,
  bytes: number,
): Promise<string | undefined> {
  return withLock(LOCK, async () => {
    let room = await store.room();
    while (room < bytes && (await evict(store, url))) room = await store.room();
    if (room >= bytes) return undefined;
    return `the model needs ${megabytes(bytes)}, but the browser grants only ${megabytes(room)}`;
  });
}

/** Deletes another model. Never waits for the lock, because the caller holds a file's lock. */
async function evictSoon(store: ByteStore, url: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    const evicted = await ifUnlocked(LOCK, () => evict(store, url));
    if (evicted !== undefined) return evicted;
    await sleep(100);
  }
  return false;
}

/** Wraps a store so that a write without room deletes other models. */
export function evicting(store: ByteStore, url: string): ByteStore {
  return {
    ...store,
    write: (key, at, bytes) =>
      writeWithRoom(
        () => store.write(key, at, bytes),
        () => evictSoon(store, url),
      ),
  };
}
