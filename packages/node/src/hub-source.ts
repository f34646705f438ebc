import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  ClipSegError,
  MANIFEST_FILE,
  type ModelSource,
  type OpenOptions,
  throwIfAborted,
} from '@clipseg/core';
import {
  downloadFileToCacheDir,
  getHFHubCachePath,
  HubApiError,
  listFiles,
  modelInfo,
} from '@huggingface/hub';
import { type CheckpointSourceOptions, checkpointSource } from './checkpoint-source.js';
import { withLock } from './lock.js';
import { resilientFetch } from './resilient-fetch.js';
import { folderSource } from './sources.js';

export interface HubSourceOptions {
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** Default: HF_TOKEN, or the token that `huggingface-cli login` stored. */
  readonly token?: string;
  /** Default: HF_ENDPOINT, or the public hub. */
  readonly endpoint?: string;
  /** Use what the cache holds and never the network. Default: HF_HUB_OFFLINE. */
  readonly offline?: boolean;
  /** The Hugging Face cache, shared with Python. Default: HF_HUB_CACHE, HF_HOME/hub or ~/.cache. */
  readonly hubCacheDir?: string;
  readonly fetch?: typeof fetch;
}

interface Repository extends Required<Omit<HubSourceOptions, 'token' | 'fetch'>> {
  readonly id: string;
  readonly token: string | undefined;
  readonly fetch: typeof fetch | undefined;
  /** models--OWNER--NAME in the cache. */
  readonly folder: string;
}

const COMMIT = /^[0-9a-f]{40}$/;
const SMALL = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'vocab.json',
  'merges.txt',
];

async function repository(id: string, options: HubSourceOptions): Promise<Repository> {
  const { env } = process;
  const hubCacheDir = options.hubCacheDir ?? getHFHubCachePath();
  return {
    id,
    revision: options.revision ?? 'main',
    endpoint: (options.endpoint ?? env.HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, ''),
    offline: options.offline ?? /^(1|on|yes|true)$/i.test(env.HF_HUB_OFFLINE ?? ''),
    token: options.token ?? env.HF_TOKEN ?? (await storedToken()),
    fetch: options.fetch,
    hubCacheDir,
    folder: join(hubCacheDir, `models--${id.replace('/', '--')}`),
  };
}

async function storedToken(): Promise<string | undefined> {
  const { HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME } = process.env;
  const home = HF_HOME ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  const text = await readFile(HF_TOKEN_PATH ?? join(home, 'token'), 'utf8').catch(() => '');
  return text.trim() || undefined;
}

/** What failed, in words that say what to do. */
function explain(error: unknown, { id, revision, endpoint }: Repository, signal?: AbortSignal) {
  if (ClipSegError.isInstance(error)) return error;
  if (signal?.aborted) {
    return new ClipSegError('aborted', `The download of ${id} was aborted.`, {
      cause: signal.reason,
    });
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (typeof code === 'string' && /^(ENOSPC|EACCES|EROFS|EDQUOT|EPERM)$/.test(code)) {
    const message = `The model ${id} cannot be stored (${code}): free some space, or set HF_HOME.`;
    return new ClipSegError('io', message, { cause: error });
  }
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  if (status === 401 || status === 403) {
    const message =
      `The hub refuses ${id} (${status}): it is private, gated or does not exist. Accept its terms ` +
      'there and set HF_TOKEN.';
    return new ClipSegError('network', message, { cause: error });
  }
  if (status === 404) {
    const message = `The hub has no model ${id} at revision ${revision}. Check the spelling.`;
    return new ClipSegError('not-found', message, { cause: error });
  }
  const reason = status ? `it answers ${status}` : (error as Error).message;
  const message =
    `The model ${id} cannot be fetched from ${endpoint}: ${reason}. Check the connection, or give ` +
    'a folder as the model.';
  return new ClipSegError('network', message, { cause: error });
}

/** The snapshot in the cache that the revision meant when it was last asked for. */
async function cachedSnapshot({ folder, revision }: Repository): Promise<string | undefined> {
  const ref = await readFile(join(folder, 'refs', revision), 'utf8').catch(() => '');
  const commit = COMMIT.test(revision) ? revision : ref.trim();
  const snapshot = join(folder, 'snapshots', commit);
  return COMMIT.test(commit) && isComplete(snapshot) ? snapshot : undefined;
}

const weightsPresent = (snapshot: string): boolean =>
  ['model.safetensors', 'pytorch_model.bin'].some((file) => existsSync(join(snapshot, file)));
const isComplete = (snapshot: string): boolean =>
  existsSync(join(snapshot, MANIFEST_FILE)) ||
  (existsSync(join(snapshot, 'config.json')) && weightsPresent(snapshot));

interface RemoteFile {
  readonly path: string;
  readonly size: number;
  /** Of the content, for files in large file storage. */
  readonly sha256: string | undefined;
}

/** Only what a conversion needs; a repository with our graphs is taken as it is. */
function wanted(files: readonly RemoteFile[]): RemoteFile[] {
  const has = (path: string) => files.some((file) => file.path === path);
  if (has(MANIFEST_FILE)) return files.filter(({ path }) => !path.includes('/'));
  const formats = ['model.safetensors', 'pytorch_model.bin'];
  const format = formats.find((name) => has(name) || has(`${name}.index.json`)) ?? '';
  const stem = format.split('.')[0] ?? '';
  const weights = ({ path }: RemoteFile) =>
    has(format) ? path === format : path === `${format}.index.json` || isShard(path, stem);
  return files.filter((file) => SMALL.includes(file.path) || (format !== '' && weights(file)));
}

const isShard = (path: string, stem: string): boolean =>
  path.startsWith(`${stem}-`) && /-\d+-of-\d+\.(safetensors|bin)$/.test(path);

/** A blob that is not what the hub says it is would stay in the cache for ever: remove it. */
async function verify(pointer: string, file: RemoteFile): Promise<void> {
  const { size } = await stat(pointer);
  let good = size === file.size;
  if (good && file.sha256) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(pointer), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk);
    });
    good = hash.digest('hex') === file.sha256;
  }
  if (good) return;
  await rm(await realpath(pointer), { force: true });
  await rm(pointer, { force: true });
  throw new ClipSegError(
    'network',
    `${file.path} arrived damaged (${size} of ${file.size} bytes). It was removed; try again.`,
  );
}

async function download(repo: Repository, { signal, onProgress }: OpenOptions): Promise<string> {
  const common = {
    hubUrl: repo.endpoint,
    ...(repo.token ? { accessToken: repo.token } : {}),
  };
  const plain = resilientFetch({ fetch: repo.fetch, signal });
  const info = await modelInfo({
    ...common,
    name: repo.id,
    revision: repo.revision,
    fetch: plain,
    additionalFields: ['sha'],
  });
  const commit = info.sha;
  const files: RemoteFile[] = [];
  for await (const { type, path, size, lfs } of listFiles({
    ...common,
    repo: repo.id,
    revision: commit,
    fetch: plain,
  })) {
    if (type === 'file') files.push({ path, size, sha256: lfs?.oid });
  }
  const snapshot = join(repo.folder, 'snapshots', commit);
  for (const file of wanted(files)) {
    throwIfAborted(signal);
    const pointer = join(snapshot, file.path);
    if (existsSync(pointer)) continue;
    let loadedBytes = 0;
    const report = (bytes: number) => {
      loadedBytes = Math.min(file.size, loadedBytes + bytes);
      const { path, size: totalBytes } = file;
      onProgress?.({ stage: 'download', file: path, loadedBytes, totalBytes });
    };
    const isContent = (url: string) => url.includes('/resolve/') || !url.includes('/api/');
    const onBytes = (url: string, bytes: number) => isContent(url) && report(bytes);
    const counting = resilientFetch({ fetch: repo.fetch, signal, onBytes });
    await downloadFileToCacheDir({
      ...common,
      repo: repo.id,
      path: file.path,
      revision: commit,
      cacheDir: repo.hubCacheDir,
      fetch: counting,
    });
    await verify(pointer, file);
  }
  if (!COMMIT.test(repo.revision)) {
    const ref = join(repo.folder, 'refs', repo.revision);
    await mkdir(dirname(ref), { recursive: true });
    await writeFile(ref, commit);
  }
  return snapshot;
}

/** The snapshot's folder: fetched, or the cached one when offline or when the hub is out of reach. */
async function snapshotFolder(repo: Repository, options: OpenOptions): Promise<string> {
  const known = await cachedSnapshot(repo);
  if (COMMIT.test(repo.revision) && known) return known; // a commit never changes
  if (repo.offline) {
    if (known) return known;
    throw new ClipSegError(
      'network',
      `The model ${repo.id} is not in the cache ${repo.hubCacheDir}, and offline mode (HF_HUB_OFFLINE) ` +
        'forbids fetching it. Fetch it once online, or give a folder as the model.',
    );
  }
  try {
    // The hub library appends to one file per blob: two at once would write over each other.
    const lock = join(
      repo.hubCacheDir,
      '.locks',
      `models--${repo.id.replace('/', '--')}`,
      'clipseg',
    );
    return await withLock(lock, () => download(repo, options), options);
  } catch (cause) {
    const error = explain(cause, repo, options.signal);
    // Without a connection the last known version serves; a refusal or damage is reported.
    const unreachable = error.code === 'network' && !(cause instanceof HubApiError);
    if (known && unreachable && !ClipSegError.isInstance(cause)) return known;
    throw error;
  }
}

/**
 * A model of the Hugging Face hub, through the cache that Python's huggingface_hub shares. Checkpoints
 * are converted at the first use; repositories that hold clipseg.json are used as they are.
 */
export function hubSource(
  id: string,
  options: HubSourceOptions & CheckpointSourceOptions = {},
): ModelSource {
  return {
    name: id,
    async open(open = {}) {
      throwIfAborted(open.signal);
      const folder = await snapshotFolder(await repository(id, options), open);
      const ready = existsSync(join(folder, MANIFEST_FILE));
      const source = ready
        ? folderSource(folder, id)
        : checkpointSource(folder, { ...options, name: id });
      return source.open(open);
    },
  };
}
