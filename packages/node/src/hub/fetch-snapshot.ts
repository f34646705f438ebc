import { join } from 'node:path';
import { weightFiles } from '@clipseg/convert';
import { MANIFEST_FILE, type OpenOptions } from '@clipseg/core/model';
import { folderManifest } from '../cache/folder-manifest.js';
import { withLock } from '../cache/lock.js';
import { isIntact, remember, SMALL_BYTES } from '../cache/verify.js';
import { HttpError } from '../http/http-error.js';
import { createTransport } from '../http/transport.js';
import type { RepoCache } from './cache-layout.js';
import { downloadBlob } from './download-blob.js';
import { FileError } from './errors.js';
import {
  fetchCommit,
  fetchListing,
  type Hub,
  type Listing,
  type RemoteFile,
  wantedFiles,
} from './listing.js';
import { hostile, isCommit } from './names.js';
import type { Repository } from './options.js';

interface Job {
  readonly hub: Hub;
  readonly cache: RepoCache;
  readonly commit: string;
  readonly open: OpenOptions;
}

const checks = ({ hub, cache, open }: Job) => ({
  verify: hub.repo.verify,
  memory: cache.memory,
  signal: open.signal,
});

/** Tells whether the snapshot has the file as the hub lists it. */
async function isCached(job: Job, { path, oid, size }: RemoteFile): Promise<boolean> {
  const cached = await job.cache.find(job.commit, path);
  if (!cached || (cached.oid ?? oid) !== oid) return false;
  return isIntact(cached.path, oid, size, checks(job));
}

async function fetchFile(job: Job, file: RemoteFile): Promise<void> {
  const { hub, cache, commit, open } = job;
  if (await isCached(job, file)) return; // fetched by another process in the meantime
  const folder = await cache.blobsFolder();
  const blob = join(folder, file.oid);
  const { path, size: totalBytes } = file;
  const onBytes = (loadedBytes: number) =>
    open.onProgress?.({ stage: 'download', file: path, loadedBytes, totalBytes });
  // The blob of another commit with the same content is linked, not fetched again.
  const isThere = await cache.hasBlob(file.oid);
  const isRight = isThere && (await isIntact(blob, file.oid, file.size, checks(job)));
  if (!isRight) {
    const download = { hub, commit, file, folder, signal: open.signal, onBytes };
    await downloadBlob(download).catch((error) => {
      throw error instanceof HttpError ? new FileError(path, error) : error;
    });
    if (file.size > SMALL_BYTES) await remember(blob, file.oid, cache.memory);
  }
  await cache.linkBlob(file.oid, commit, path, !isThere);
}

/** Fetches missing files, one process at a time. */
async function fetchFiles(job: Job, files: readonly RemoteFile[]): Promise<void> {
  const missing: RemoteFile[] = [];
  for (const file of files) {
    job.open.signal?.throwIfAborted();
    if (!(await isCached(job, file))) missing.push(file);
  }
  if (missing.length === 0) return;
  const { signal, onProgress } = job.open;
  const onWait = (pid: number | undefined) => {
    const who = pid ? `process ${pid}` : 'a process on another machine';
    const file = `${job.hub.repo.id}: ${who} is fetching it`;
    onProgress?.({ stage: 'wait', file, loadedBytes: 0, totalBytes: 0 });
  };
  const fetchAll = async () => {
    for (const file of missing) await fetchFile(job, file);
  };
  await withLock(await job.cache.lockPath(), fetchAll, { signal, onWait });
}

/** Fetches the shards that an index names; the hub must list them. */
async function fetchShards(job: Job, listing: Listing): Promise<void> {
  const names = await weightFiles(job.cache.snapshotOf(job.commit));
  await fetchFiles(job, names.map(listing.file));
}

/** Fetches only the files in the manifest of a converted model; its repository may have more. */
async function fetchManifestFiles(job: Job, listing: Listing): Promise<void> {
  const manifest = await folderManifest(job.cache.snapshotOf(job.commit));
  const files = Object.entries(manifest.files).map(([name, { size }]) => {
    const file = listing.file(name);
    if (file.size === size) return file;
    throw hostile(`it lists ${name} with ${file.size} bytes, its ${MANIFEST_FILE} with ${size}`);
  });
  await fetchFiles(job, files);
}

/** Records absent files and the revision's commit in the cache, if it is writable. */
async function noteFindings(job: Job, absent: readonly string[]): Promise<void> {
  const { cache, commit, hub } = job;
  const { revision } = hub.repo;
  try {
    for (const file of absent) {
      if (!(await cache.isAbsent(commit, file))) await cache.noteAbsent(commit, file);
    }
    if (isCommit(revision) || (await cache.readRef(revision)) === commit) return;
    await withLock(await cache.lockPath(), () => cache.writeRef(revision, commit), job.open);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!/^(EROFS|EACCES|EPERM)$/.test(code)) throw error;
  }
}

/**
 * Fetches the current snapshot of the revision into the cache.
 * @throws HttpError, FileError, ClipSegError, file system errors, or the signal's reason
 */
export async function fetchSnapshot(
  repo: Repository,
  cache: RepoCache,
  open: OpenOptions,
): Promise<string> {
  const { endpoint: home, token, stallTimeoutMs, retryDelayMs } = repo;
  const authorization = token && `Bearer ${token}`;
  const transport = createTransport({ home, authorization, fetch: repo.fetch, stallTimeoutMs });
  const onWait = (ms: number, { kind, message }: HttpError) => {
    if (ms < 1000 && kind !== 'stalled') return; // too short to report
    const file = `${repo.id}: ${message}; retry in ${Math.ceil(ms / 1000)} s`;
    open.onProgress?.({ stage: 'wait', file, loadedBytes: 0, totalBytes: 0 });
  };
  const hub = { repo, transport, retry: { signal: open.signal, retryDelayMs, onWait } };
  try {
    const commit = isCommit(repo.revision) ? repo.revision : await fetchCommit(hub);
    const job: Job = { hub, cache, commit, open };
    const listing = await fetchListing(hub, commit);
    const { files, absent, index } = wantedFiles(listing);
    await fetchFiles(job, files);
    if (index) await fetchShards(job, listing);
    if (listing.has(MANIFEST_FILE)) await fetchManifestFiles(job, listing);
    await noteFindings(job, absent);
    return cache.snapshotOf(commit);
  } finally {
    await transport.close();
  }
}
