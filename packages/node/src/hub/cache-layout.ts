import { realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { linkBlob } from './link-blob.js';
import { isOid } from './names.js';
import type { Repository } from './options.js';
import { findFolder, makeFolder, stateOf } from './plain-folders.js';
import { readRef, writeRef } from './refs.js';

// The cache of Python's huggingface_hub:
//
//   models--OWNER--NAME/refs/REVISION            the commit of a branch or tag
//   models--OWNER--NAME/blobs/OID                contents by hash; OID.incomplete while downloading
//   models--OWNER--NAME/snapshots/COMMIT/FILE    links to ../../blobs/OID
//   models--OWNER--NAME/.no_exist/COMMIT/FILE    files that the repository does not have
//
// The cache folder itself may be a link. Links below it must not lead out of it: a folder that is a
// link is refused, and a file's link must lead to a blob of the same repository.

const LOCK = 'clipseg';
/** Records which large blobs were verified; not part of the layout, Python ignores it. */
const MEMORY = '.clipseg';

/** A file of a snapshot, with the name of its blob if it has one. */
export interface CachedFile {
  readonly path: string;
  readonly oid: string | undefined;
}

export type RepoCache = ReturnType<typeof openRepoCache>;

export function openRepoCache({ hubCacheDir: root, id }: Pick<Repository, 'hubCacheDir' | 'id'>) {
  const name = `models--${id.replace('/', '--')}`;
  const snapshotOf = (commit: string) => join(root, name, 'snapshots', commit);

  /** Resolves a file of a snapshot; undefined if it is not in this repository. */
  async function find(commit: string, file: string): Promise<CachedFile | undefined> {
    const folder = await findFolder(root, [name, 'snapshots', commit]);
    if (!folder) return undefined;
    const pointer = join(folder, file);
    const info = await stateOf(pointer);
    if (info?.isFile()) return { path: pointer, oid: undefined };
    if (!info?.isSymbolicLink()) return undefined;
    const blobs = await findFolder(root, [name, 'blobs']);
    const path = await realpath(pointer).catch(() => undefined);
    if (!blobs || !path || dirname(path) !== (await realpath(blobs))) return undefined;
    const oid = basename(path);
    return { path, oid: isOid(oid) ? oid : undefined };
  }

  async function isAbsent(commit: string, file: string): Promise<boolean> {
    const folder = await findFolder(root, [name, '.no_exist', commit]);
    return folder !== undefined && (await stateOf(join(folder, file)))?.isFile() === true;
  }

  async function noteAbsent(commit: string, file: string): Promise<void> {
    const folder = await makeFolder(root, [name, '.no_exist', commit]);
    await writeFile(join(folder, file), '', { flag: 'wx' }).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }

  return {
    snapshotOf,
    find,
    readRef: (revision: string) => readRef(root, name, revision),
    writeRef: (revision: string, commit: string) => writeRef(root, name, revision, commit),
    isAbsent,
    noteAbsent,
    /** Tells whether the snapshot exists and is a folder. */
    hasSnapshot: async (commit: string) =>
      (await findFolder(root, [name, 'snapshots', commit])) !== undefined,
    blobsFolder: () => makeFolder(root, [name, 'blobs']),
    hasBlob: async (oid: string) =>
      (await stateOf(join(await makeFolder(root, [name, 'blobs']), oid)))?.isFile() === true,
    lockPath: async () => join(await makeFolder(root, ['.locks', name]), LOCK),
    memory: join(root, name, MEMORY),
    async checkMemory() {
      await findFolder(root, [name, MEMORY]);
    },
    async linkBlob(oid: string, commit: string, file: string, isNew: boolean, make = symlink) {
      await linkBlob({
        blob: join(await makeFolder(root, [name, 'blobs']), oid),
        pointer: join(await makeFolder(root, [name, 'snapshots', commit]), file),
        isNew,
        make,
      });
    },
  };
}
