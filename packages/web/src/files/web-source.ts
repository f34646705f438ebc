import type { Dtype } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import {
  type ByteStore,
  type GraphName,
  listedFile,
  MANIFEST_FILE,
  type Manifest,
  type ModelSource,
  readManifest,
} from '@clipseg/core/model';
import { type DownloadOptions, download, storeKey } from './download.js';
import { STALL_TIMEOUT_MS } from './exchange.js';
import { headersOf, manifestOf, type RemoteSpec, urlOf } from './fetch-manifest.js';
import { type FileProgress, fileProgress } from './file-progress.js';
import { localSource } from './local-source.js';
import { withLock } from './lock.js';
import { evicting, fileKeys, makeRoom, writeRecord } from './model-records.js';
import type { ModelSpec } from './model-spec.js';
import { type OptionalStore, optionalStore } from './optional-store.js';
import type { WebSource, WebSourceOptions } from './source-options.js';

/** Lists the manifest's files that a load will need. */
export function filesNeeded(
  { variants, tokenizer, positionEmbedding }: Manifest,
  dtype: Dtype | undefined,
  graphs: readonly GraphName[],
): string[] {
  const variant = dtype ? variants[dtype] : undefined;
  return [
    positionEmbedding.file,
    ...(graphs.includes('textEncoder') ? Object.values(tokenizer ?? {}) : []),
    ...graphs.flatMap((graph) => variant?.[graph] ?? []),
  ];
}

/** Counts the bytes of the files that are not in the store. */
export async function missingBytes(
  manifest: Manifest,
  files: readonly string[],
  store: ByteStore | undefined,
): Promise<number> {
  const rest = files.map(async (file) => {
    const { size = 0, sha256 = '' } = manifest.files[file] ?? {};
    return size - Math.min(size, (await store?.size(storeKey(sha256))) ?? 0);
  });
  return (await Promise.all(rest)).reduce((total, bytes) => total + bytes, 0);
}

/** If two tabs want the same file, the second waits as long as the first makes progress. */
function lockOptions(
  store: ByteStore,
  { sha256, onWait, signal, stallTimeoutMs }: DownloadOptions,
) {
  return {
    signal,
    patienceMs: 2 * (stallTimeoutMs ?? STALL_TIMEOUT_MS),
    onWait: () => {
      onWait?.();
      return store.size(storeKey(sha256));
    },
  };
}

interface Keeping {
  readonly store?: OptionalStore;
  /** Makes room for a number of bytes, or stops keeping files. */
  reserve(bytes: number): Promise<void>;
  /** Records that the model is in use, with this manifest. */
  note(manifest: string, keys: readonly string[]): Promise<void>;
}

/** Returns the store for one model's files. */
function storeOf(spec: RemoteSpec, { store: raw, onWarning }: WebSourceOptions): Keeping {
  if (!raw) return { reserve: async () => {}, note: async () => {} };
  const url = urlOf(spec, MANIFEST_FILE);
  const store = optionalStore(evicting(raw, url), onWarning);
  return {
    store,
    async reserve(bytes) {
      if (bytes === 0) return;
      const tooLittle = await store.attempt(() => makeRoom(raw, url, bytes), undefined);
      if (tooLittle) store.giveUp(tooLittle);
    },
    note: (text, keys) => store.attempt(() => writeRecord(raw, url, text, keys), undefined),
  };
}

async function remoteSource(spec: RemoteSpec, options: WebSourceOptions): Promise<WebSource> {
  const { fetch: get = (...call: Parameters<typeof fetch>) => fetch(...call) } = options;
  const { store, reserve: reserveBytes, note } = storeOf(spec, options);
  const sourceOptions = { ...options, store, fetch: get };
  const text = await manifestOf(spec, sourceOptions);
  const manifest = readManifest(text, urlOf(spec, MANIFEST_FILE));
  await note(text, fileKeys(manifest));

  const reserve = async (files: readonly string[]) =>
    reserveBytes(store ? await missingBytes(manifest, files, store) : 0);

  const load = async (file: string, progress: FileProgress, signal?: AbortSignal) => {
    const listed = listedFile(manifest, file);
    await reserve([file]);
    const call: DownloadOptions = {
      ...sourceOptions,
      url: urlOf(spec, file),
      headers: headersOf(spec),
      signal,
      ...listed,
      onBytes: (bytes) => progress.loaded(file, bytes, listed.size),
      onWait: () => progress.waits(file, listed.size),
    };
    if (!store) return download(call);
    return withLock(listed.sha256, () => download(call), lockOptions(store, call));
  };

  return {
    name: spec.name,
    manifest,
    async files({ dtype, graphs = [], onProgress }) {
      const progress = fileProgress(onProgress);
      const needed = filesNeeded(manifest, dtype, graphs);
      await reserve(needed);
      const sizes = needed.map((file) => [file, manifest.files[file]?.size ?? 0] as const);
      progress.expect(Object.fromEntries(sizes));
      const read = (file: string, call?: { signal?: AbortSignal }) =>
        load(file, progress, call?.signal);
      return { read, graph: read };
    },
  };
}

/**
 * Opens a model and reads its manifest.
 * @throws ClipSegError `not-found`, `network`, `invalid-model`, `io`, `aborted`
 */
export function webSource(
  spec: Exclude<ModelSpec, { kind: 'source' }>,
  options: WebSourceOptions,
): Promise<WebSource> {
  return spec.kind === 'files' ? localSource(spec) : remoteSource(spec, options);
}

/** The contract of core. Its `open` is told the variant, which the manifest has decided by then. */
export function asModelSource({ name, manifest, files }: WebSource): ModelSource {
  return {
    specificationVersion: 1,
    name,
    async open(options = {}) {
      throwIfAborted(options.signal);
      return { manifest, ...(await files(options)) };
    },
  };
}
