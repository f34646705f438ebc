import {
  copyFile,
  lstat,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { makeFolders } from '../make-folder.js';
import { isCommit, isOid } from './names.js';
import type { Repository } from './options.js';

// The cache of Python's huggingface_hub:
//
//   models--OWNER--NAME/refs/REVISION            the commit that a branch or tag meant
//   models--OWNER--NAME/blobs/OID                contents, by their hash; OID.incomplete on the way
//   models--OWNER--NAME/snapshots/COMMIT/FILE    links to ../../blobs/OID
//   models--OWNER--NAME/.no_exist/COMMIT/FILE    what the repository is known not to have
//
// The cache's own folder may be a link. Nothing below it is followed out of it: a folder in there
// that is a link is refused, and a file's link has to lead to a blob of the same repository.

const LOCK = 'clipseg';
/** Beside the layout: which large blobs were found right. Python passes over it. */
const MEMORY = '.clipseg';

const stateOf = (path: string) => lstat(path).catch((error) => missing(error));
function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

async function checkFolder(path: string): Promise<boolean> {
  const info = await stateOf(path);
  if (!info) return false;
  if (info.isDirectory()) return true;
  const what = info.isSymbolicLink() ? 'a link' : 'not a folder';
  throw new ClipSegError(
    'io',
    `${path} is ${what}; nothing is read or written through it. Remove it. To keep the cache ` +
      'elsewhere, set HF_HUB_CACHE.',
  );
}

/** A folder below the cache's own, made where it is missing. */
async function makeFolder(root: string, parts: readonly string[]): Promise<string> {
  await makeFolders(root);
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    if (await checkFolder(path)) continue;
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // another process was faster
    });
    await checkFolder(path);
  }
  return path;
}

/** The same for reading: undefined where there is none. */
async function findFolder(root: string, parts: readonly string[]): Promise<string | undefined> {
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    if (!(await checkFolder(path))) return undefined;
  }
  return path;
}

/** A file of a snapshot, with its blob's name where there is one. */
export interface CachedFile {
  readonly path: string;
  readonly oid: string | undefined;
}

export type RepoCache = ReturnType<typeof openRepoCache>;

export function openRepoCache({ hubCacheDir: root, id }: Pick<Repository, 'hubCacheDir' | 'id'>) {
  const name = `models--${id.replace('/', '--')}`;
  const snapshotOf = (commit: string) => join(root, name, 'snapshots', commit);

  /** Where a file of a snapshot really lies; undefined when that is not in this repository. */
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

  async function readRef(revision: string): Promise<string | undefined> {
    const parts = revision.split('/');
    const folder = await findFolder(root, [name, 'refs', ...parts.slice(0, -1)]);
    const path = folder && join(folder, parts.at(-1) as string);
    if (!path || !(await stateOf(path))?.isFile()) return undefined;
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      const commit = buffer.toString('latin1', 0, bytesRead).trim();
      return isCommit(commit) ? commit : undefined;
    } finally {
      await file.close();
    }
  }

  async function writeRef(revision: string, commit: string): Promise<void> {
    const parts = revision.split('/');
    const folder = await makeFolder(root, [name, 'refs', ...parts.slice(0, -1)]);
    // Renamed to its place: a link there is replaced, not written through.
    const temporary = join(root, name, '.ref.tmp');
    await unlink(temporary).catch(missing);
    await writeFile(temporary, commit, { flag: 'wx' });
    await rename(temporary, join(folder, parts.at(-1) as string));
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
    readRef,
    writeRef,
    isAbsent,
    noteAbsent,
    /** Whether the snapshot is there, and a folder. */
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

interface Link {
  readonly blob: string;
  readonly pointer: string;
  /** No other snapshot can need the blob. */
  readonly isNew: boolean;
  readonly make: typeof symlink;
}

const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']);

/** Where the file system knows no links, the file itself goes to its place, as Python does it. */
async function linkBlob({ blob, pointer, isNew, make }: Link): Promise<void> {
  const target = join('..', '..', 'blobs', basename(blob));
  if ((await readlink(pointer).catch(() => undefined)) === target) return;
  await unlink(pointer).catch(missing); // the link or the copy, never what a link leads to
  try {
    await make(target, pointer);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (isNew) return rename(blob, pointer);
    const temporary = `${blob}.copy`;
    await unlink(temporary).catch(missing);
    await copyFile(blob, temporary);
    await rename(temporary, pointer);
  }
}
