import {
  type ByteStore,
  ClipSegError,
  type Dtype,
  type GraphName,
  MANIFEST_FILE,
  type Manifest,
  type ModelFiles,
  type OpenOptions,
  readManifest,
  throwIfAborted,
} from '@clipseg/core';
import { type DownloadOptions, download, storeKey } from './download.js';
import { type FileProgress, fileProgress } from './file-progress.js';
import { withLock } from './lock.js';
import { evicting, fileKeys, makeRoom, readRecord, writeRecord } from './model-records.js';
import type { ModelSpec } from './model-spec.js';

/** A model whose files are verified against its manifest on every load. */
export interface WebSource {
  readonly name: string;
  readonly manifest: Manifest;
  files(options: OpenOptions): Promise<ModelFiles>;
}

export interface WebSourceOptions {
  readonly store?: ByteStore;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
}

type RemoteSpec = Extract<ModelSpec, { kind: 'urls' | 'folder' }>;

function urlOf(spec: RemoteSpec, file: string): string {
  const url = spec.kind === 'urls' ? spec.urls[file] : spec.base + file;
  if (url !== undefined) return url;
  throw new ClipSegError('not-found', `The model ${spec.name} has no file ${file}.`);
}

/** A hub repository without graphs of ours is most likely a checkpoint: say what to do with it. */
async function missing(spec: RemoteSpec, url: string, get: typeof fetch): Promise<ClipSegError> {
  const hub = spec.kind === 'folder' ? spec.hub : undefined;
  const init = { headers: spec.kind === 'folder' ? spec.headers : undefined };
  const config = hub
    ? await get(urlOf(spec, 'config.json'), init).catch(() => undefined)
    : undefined;
  if (!config?.ok) {
    return new ClipSegError(
      'not-found',
      `There is no ${url}. Is it a folder of \`clipseg convert\`?`,
    );
  }
  return new ClipSegError(
    'invalid-model',
    `${hub} holds a checkpoint, which a browser cannot convert. Run \`npx -p @clipseg/node clipseg convert\` on it, ` +
      'serve the folder it makes (or upload it to a repository), and give its URL as the model.',
  );
}

async function fetchManifest(
  spec: RemoteSpec,
  { fetch: get = fetch, signal }: WebSourceOptions,
): Promise<string> {
  const url = urlOf(spec, MANIFEST_FILE);
  const headers = spec.kind === 'folder' ? spec.headers : undefined;
  let response: Response;
  try {
    response = await get(url, { headers, signal, cache: 'no-cache' });
  } catch (cause) {
    throwIfAborted(signal);
    throw new ClipSegError('network', `${url} cannot be reached.`, { cause });
  }
  if (response.status === 404) throw await missing(spec, url, get);
  if (!response.ok) {
    throw new ClipSegError('network', `${url} answers ${response.status} ${response.statusText}.`);
  }
  return response.text();
}

/** From the network; from the last visit when that is out of reach. */
async function manifestOf(spec: RemoteSpec, options: WebSourceOptions): Promise<string> {
  try {
    return await fetchManifest(spec, options);
  } catch (error) {
    const offline = ClipSegError.isInstance(error) && error.code === 'network';
    const record =
      offline && options.store
        ? await readRecord(options.store, urlOf(spec, MANIFEST_FILE))
        : undefined;
    if (record) return record.manifest;
    throw error;
  }
}

const utf8 = new TextEncoder();

/** What of the manifest's files will be asked for at once. */
export function filesNeeded(
  { variants, tokenizer, positionEmbedding }: Manifest,
  dtype: Dtype | undefined,
  graphs: readonly GraphName[],
): string[] {
  const own = dtype ? variants[dtype] : undefined;
  return [
    positionEmbedding.file,
    ...(graphs.includes('textEncoder') ? Object.values(tokenizer ?? {}) : []),
    ...graphs.flatMap((graph) => own?.[graph] ?? []),
  ];
}

/** What of the files is not in the store yet. */
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

async function remoteSource(spec: RemoteSpec, options: WebSourceOptions): Promise<WebSource> {
  const { fetch: get = (...call: Parameters<typeof fetch>) => fetch(...call) } = options;
  const url = urlOf(spec, MANIFEST_FILE);
  const store = options.store && evicting(options.store, url);
  const text = await manifestOf(spec, options);
  const manifest = readManifest(text, url);
  if (store) await writeRecord(store, url, text, fileKeys(manifest));

  const reserve = async (files: readonly string[]) => {
    const bytes = store ? await missingBytes(manifest, files, store) : 0;
    if (store && bytes > 0) await makeRoom(store, url, bytes);
  };

  const load = async (file: string, progress: FileProgress, signal?: AbortSignal) => {
    if (file === MANIFEST_FILE) return utf8.encode(text);
    const listed = manifest.files[file];
    if (!listed) throw new ClipSegError('not-found', `clipseg.json lists no ${file}.`);
    await reserve([file]);
    const headers = spec.kind === 'folder' ? spec.headers : undefined;
    const call: DownloadOptions = {
      ...{ url: urlOf(spec, file), store, fetch: get, headers, signal, ...listed },
      onBytes: (bytes) => progress.loaded(file, bytes, listed.size),
    };
    // Two tabs that want the same file: the second finds it in the store.
    return store ? withLock(listed.sha256, () => download(call), signal) : download(call);
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

type FilesSpec = Extract<ModelSpec, { kind: 'files' }>;

/** Files from a disk are read, verified, and kept nowhere else. */
async function localSource({ name, files }: FilesSpec): Promise<WebSource> {
  const blobOf = (file: string): Blob => {
    const blob = files[file];
    if (blob) return blob;
    throw new ClipSegError('not-found', `There is no ${file} among the files.`);
  };
  const bytes = await blobOf(MANIFEST_FILE).arrayBuffer();
  const manifest = readManifest(new Uint8Array(bytes));
  return {
    name,
    manifest,
    async files({ onProgress }) {
      const progress = fileProgress(onProgress);
      const read = async (file: string, { signal }: { signal?: AbortSignal } = {}) => {
        const blob = blobOf(file);
        const listed = manifest.files[file];
        if (!listed) return new Uint8Array(await blob.arrayBuffer());
        const call: DownloadOptions = {
          ...{ url: file, fetch: async () => new Response(blob), signal, ...listed },
          onBytes: (bytes) => progress.loaded(file, bytes, listed.size),
        };
        return download(call);
      };
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
