import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClipSegError } from '@clipseg/core';
import { checkLfsPointer, throwIfAborted } from '@clipseg/core/internal';
import { listedFile, MANIFEST_FILE, type ModelSource, type OpenedModel } from '@clipseg/core/model';
import { modelUrls } from '@clipseg/mini/urls';
import { defaultCacheFolder } from '../cache/cache-folder.js';
import { folderManifest, manifestAt } from '../cache/folder-manifest.js';
import {
  checkVerify,
  isIntact,
  remember,
  type Verify,
  type VerifyOptions,
} from '../cache/verify.js';

async function readOrFail(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    throwIfAborted(signal);
    throw new ClipSegError('not-found', `${path} does not exist.`, { cause });
  }
}

export interface FolderSourceOptions {
  /** Name in messages and `info`. Default: the path. */
  readonly name?: string;
  /**
   * When to compare a file's SHA-256 with clipseg.json. Default `once`: at the first load, which is
   * recorded in `cacheDir` until the file changes. Sizes are always compared.
   */
  readonly verify?: Verify;
  /** Default `defaultCacheFolder()`. */
  readonly cacheDir?: string;
}

const differs = (file: string, how: string): ClipSegError =>
  new ClipSegError(
    'invalid-model',
    `${file} ${how}: it is damaged, truncated or from another conversion. Convert the checkpoint again.`,
  );

/** Opens the files that `clipseg convert` wrote. Refuses files that differ from the manifest. */
async function openFiles(
  pathOf: (name: string) => string,
  { verify, memory, signal }: VerifyOptions,
): Promise<OpenedModel> {
  throwIfAborted(signal);
  const manifest = await manifestAt(pathOf(MANIFEST_FILE));
  return {
    manifest,
    async read(path, { signal } = {}) {
      const listed = listedFile(manifest, path);
      const file = pathOf(path);
      const bytes = await readOrFail(file, signal);
      if (verify === 'never') return bytes;
      checkLfsPointer(bytes, file, 'invalid-model');
      if (createHash('sha256').update(bytes).digest('hex') !== listed.sha256) {
        throw differs(file, `differs from the SHA-256 in ${MANIFEST_FILE}`);
      }
      return bytes;
    },
    async graph(path, { signal } = {}) {
      const { size, sha256 } = listedFile(manifest, path);
      const file = pathOf(path);
      const info = await stat(file).catch(() => undefined);
      throwIfAborted(signal);
      if (!info) throw new ClipSegError('not-found', `There is no graph ${file}.`);
      if (info.size !== size) {
        if (info.size < 1000) checkLfsPointer(await readOrFail(file), file, 'invalid-model');
        throw differs(file, `has ${info.size} bytes, ${MANIFEST_FILE} says ${size}`);
      }
      if (!(await isIntact(file, sha256, size, { verify, memory, signal }))) {
        throw differs(file, `differs from the SHA-256 in ${MANIFEST_FILE}`);
      }
      return file;
    },
  };
}

/** Records that a folder's files are verified, as they were hashed while being written. */
export async function rememberFolder(folder: string, memory: string): Promise<void> {
  const { files } = await folderManifest(folder);
  for (const [name, { sha256 }] of Object.entries(files)) {
    await remember(join(folder, name), sha256, memory);
  }
}

/** Tells whether all files of a folder's manifest exist with the listed content. */
export async function isWholeFolder(folder: string, options: VerifyOptions): Promise<boolean> {
  try {
    const { files } = await folderManifest(folder);
    for (const [name, { size, sha256 }] of Object.entries(files)) {
      if (!(await isIntact(join(folder, name), sha256, size, options))) return false;
    }
    return true;
  } catch {
    throwIfAborted(options.signal);
    return false;
  }
}

/** Opens a folder written by `clipseg convert`. */
export function folderSource(path: string, options: FolderSourceOptions = {}): ModelSource {
  const { name = path, cacheDir = defaultCacheFolder() } = options;
  const folder = resolve(path);
  const verify = checkVerify(options.verify);
  const memory = join(cacheDir, 'verified');
  return {
    specificationVersion: 1,
    name,
    open: async ({ signal } = {}) =>
      openFiles((file) => join(folder, file), { verify, memory, signal }),
  };
}

/**
 * Opens the embedded model, which knows images of emoji-like objects, not photographs. Its files
 * are listed one by one, so that bundlers for servers include and may rename them.
 */
export function miniSource({ verify }: Pick<FolderSourceOptions, 'verify'> = {}): ModelSource {
  // npm has verified the installed files, so they are hashed only on request.
  const chosen = checkVerify(verify) === 'always' ? 'always' : 'never';
  const pathOf = (file: string): string => {
    const url = modelUrls[file];
    if (url) return fileURLToPath(url);
    throw new ClipSegError('not-found', `The embedded model has no ${file}.`);
  };
  return {
    specificationVersion: 1,
    name: 'mini',
    open: async ({ signal } = {}) => openFiles(pathOf, { verify: chosen, signal }),
  };
}
