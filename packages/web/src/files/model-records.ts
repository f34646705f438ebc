import { type ByteStore, ClipSegError, type Manifest } from '@clipseg/core';
import { storeKey } from './download.js';
import { withLock } from './lock.js';

/** What the store knows of a model that was used: for offline starts, and to choose what goes. */
export interface ModelRecord {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** clipseg.json as it was. */
  readonly manifest: string;
  /** Keys of its files in the store, whether they have been fetched or not. */
  readonly keys: readonly string[];
}

const PREFIX = 'model-';
const LOCK = 'records';
const utf8 = new TextEncoder();

export const fileKeys = (manifest: Manifest): string[] =>
  Object.values(manifest.files).map(({ sha256 }) => storeKey(sha256));

/** The record of one model; undefined when there is none, or none that can be read. */
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

/** Deletes files that no model lists any more: those of an earlier version of a model. */
async function sweep(store: ByteStore, records: readonly ModelRecord[]): Promise<void> {
  const wanted = new Set(records.flatMap(({ keys }) => keys));
  for (const key of await store.keys()) {
    if (!key.startsWith(PREFIX) && !wanted.has(key)) await store.delete(key);
  }
}

/** Notes that the model is in use, with the manifest it has now. */
export function writeRecord(
  store: ByteStore,
  url: string,
  manifest: string,
  keys: readonly string[],
): Promise<void> {
  return withLock(LOCK, async () => {
    const record: ModelRecord = { url, usedAt: Date.now(), manifest, keys };
    await store.write(PREFIX + url, 0, utf8.encode(JSON.stringify(record)));
    await sweep(store, await allRecords(store));
  });
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Deletes the model used the longest ago, but for this one; false when there is none. */
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
 * Sees to it that so many bytes fit: models go that were used the longest ago, whole.
 * @throws ClipSegError `io` when even without them there is too little room
 */
export function makeRoom(store: ByteStore, url: string, bytes: number): Promise<void> {
  return withLock(LOCK, async () => {
    let room = await store.room();
    while (room < bytes && (await evict(store, url))) room = await store.room();
    if (room >= bytes) return;
    throw new ClipSegError(
      'io',
      `The model needs ${megabytes(bytes)} and the browser grants ${megabytes(room)}. Free some ` +
        'space, choose a smaller dtype, or pass cache: false to keep nothing between visits.',
    );
  });
}

/**
 * The store, which drops other models where a write finds no room: browsers promise more than they
 * have, so as not to tell how large the disk is.
 */
export function evicting(store: ByteStore, url: string): ByteStore {
  return {
    ...store,
    async write(key, at, bytes) {
      for (;;) {
        try {
          return await store.write(key, at, bytes);
        } catch (error) {
          const full = ClipSegError.isInstance(error) && error.code === 'io';
          if (!full || !(await withLock(LOCK, () => evict(store, url)))) throw error;
        }
      }
    },
  };
}
