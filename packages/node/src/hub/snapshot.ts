import { existsSync } from 'node:fs';
import { ClipSegError, type OpenOptions } from '@clipseg/core';
import { openRepoCache, type RepoCache } from './cache-layout.js';
import { type CachedSnapshot, inspectSnapshot } from './cached-snapshot.js';
import { explain, isOutOfReach } from './errors.js';
import { fetchSnapshot } from './fetch-snapshot.js';
import { withoutForeignLinks } from './foreign-links.js';
import { isCommit } from './names.js';
import type { Repository } from './options.js';

/** What the cache has of the revision, as it was when it was last asked for. */
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

/** What is wrong with the cached copy, as a part of a sentence. */
function defects({ hubCacheDir }: Repository, cached: CachedSnapshot | undefined): string {
  if (!cached) return `it is not in the cache ${hubCacheDir}`;
  const parts: string[] = [];
  if (cached.missing.length > 0) parts.push(`lacks ${cached.missing.join(', ')}`);
  const { damaged } = cached;
  if (damaged.length > 0) parts.push(`has ${damaged.join(', ')} damaged`);
  return `its copy in the cache (${cached.folder}) ${parts.join(' and ')}`;
}

function offlineError(repo: Repository, cached: CachedSnapshot | undefined): ClipSegError {
  const here = existsSync(repo.id) ? '' : ` There is no folder ${repo.id} here either.`;
  return new ClipSegError(
    'network',
    `The model ${repo.id} cannot be used: ${defects(repo, cached)}, and offline mode (HF_HUB_OFFLINE) ` +
      `forbids fetching it. Fetch it once online, or give a folder as the model.${here}`,
  );
}

/**
 * The snapshot's folder: fetched, or the cached one when offline or when the hub is out of reach.
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
    // Without a connection the last known version serves; a refusal or damage is reported.
    if (error.code !== 'network' || !isOutOfReach(cause)) throw error;
    const cached = await cachedSnapshot(repo, cache, open);
    if (isUsable(cached)) return cached.folder;
    if (!cached) throw error;
    const message = `${error.message} Without the hub, ${defects(repo, cached)}.`;
    throw new ClipSegError('network', message, { cause });
  }
}
