import { existsSync } from 'node:fs';
import { ClipSegError } from '@clipseg/core';
import type { OpenOptions } from '@clipseg/core/model';
import { openRepoCache, type RepoCache } from './cache-layout.js';
import { type CachedSnapshot, inspectSnapshot } from './cached-snapshot.js';
import { explain, isOutOfReach } from './errors.js';
import { fetchSnapshot } from './fetch-snapshot.js';
import { withoutForeignLinks } from './foreign-links.js';
import { isCommit } from './names.js';
import type { Repository } from './options.js';

/** Returns the cached snapshot of the revision, as of the last fetch. */
async function cachedSnapshot(
  repo: Repository,
  cache: RepoCache,
  { signal }: OpenOptions,
): Promise<CachedSnapshot | undefined> {
  const { revision, verify } = repo;
  const commit = isCommit(revision) ? revision : await cache.readRef(revision);
  return commit ? inspectSnapshot(cache, commit, { verify, signal }) : undefined;
}

const isUsable = (cached: CachedSnapshot | undefined): cached is CachedSnapshot =>
  cached?.missing.length === 0 && cached.damaged.length === 0;

/** Describes the defects of the cached copy, as part of a sentence. */
function defects({ hubCacheDir }: Repository, cached: CachedSnapshot | undefined): string {
  if (!cached) return `it is not in the cache ${hubCacheDir}`;
  const parts: string[] = [];
  if (cached.missing.length > 0) parts.push(`lacks ${cached.missing.join(', ')}`);
  const { damaged } = cached;
  if (damaged.length > 0) parts.push(`has damaged files (${damaged.join(', ')})`);
  return `its copy in the cache (${cached.folder}) ${parts.join(' and ')}`;
}

function offlineError(repo: Repository, cached: CachedSnapshot | undefined): ClipSegError {
  const here = existsSync(repo.id) ? '' : ` There is no local folder ${repo.id} either.`;
  return new ClipSegError(
    'network',
    `The model ${repo.id} cannot be used: ${defects(repo, cached)}, and offline mode (HF_HUB_OFFLINE) ` +
      `forbids fetching it. Fetch it once online, or give a folder as the model.${here}`,
  );
}

/**
 * Returns the snapshot's folder: fetched, or cached if offline or if the hub is unreachable.
 * @throws ClipSegError `network`, `not-found`, `io`, `aborted`
 */
export async function snapshotFolder(repo: Repository, open: OpenOptions): Promise<string> {
  const cache = openRepoCache(repo);
  return withoutForeignLinks(cache, await findSnapshot(repo, cache, open));
}

async function findSnapshot(
  repo: Repository,
  cache: RepoCache,
  open: OpenOptions,
): Promise<string> {
  try {
    await cache.checkMemory();
    if (repo.offline || isCommit(repo.revision)) {
      const cached = await cachedSnapshot(repo, cache, open);
      if (isUsable(cached)) return cached.folder; // a commit never changes
      if (repo.offline) throw offlineError(repo, cached);
    }
    return await fetchSnapshot(repo, cache, open);
  } catch (cause) {
    const error = explain(cause, repo, open.signal);
    // Without a connection, use the cached version; report a refusal or damage.
    if (error.code !== 'network' || !isOutOfReach(cause)) throw error;
    const cached = await cachedSnapshot(repo, cache, open);
    if (isUsable(cached)) return cached.folder;
    if (!cached) throw error;
    const message = `${error.message} Without the hub, ${defects(repo, cached)}.`;
    throw new ClipSegError('network', message, { cause });
  }
}
