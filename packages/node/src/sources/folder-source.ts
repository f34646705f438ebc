import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClipSegError } from '@clipseg/core';
import { checkLfsPointer, once, throwIfAborted } from '@clipseg/core/internal';
import {
  MANIFEST_FILE,
  type ModelFiles,
  type ModelSource,
  readManifest,
} from '@clipseg/core/model';
import { modelUrls } from '@clipseg/mini/urls';
import { defaultCacheFolder } from '../cache/cache-folder.js';
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
    throw new ClipSegError('not-found', `There is no ${path}.`, { cause });
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

/** Reads the files that `clipseg convert` wrote. Refuses files that differ from the manifest. */
function modelFiles(
  pathOf: (name: string) => string,
  { verify, memory }: Omit<VerifyOptions, 'signal'>,
): ModelFiles {
  const manifest = once(async () => {
    const path = pathOf(MANIFEST_FILE);
    return readManifest(await readOrFail(path), path);
  });
  const listedFile = async (path: string) => {
    const { files } = await manifest();
    return Object.hasOwn(files, path) ? files[path] : undefined;
  };
  return {
    async read(path, { signal } = {}) {
      const bytes = await readOrFail(pathOf(path), signal);
      if (path === MANIFEST_FILE || verify === 'never') return bytes;
      const listed = await listedFile(path);
      checkLfsPointer(bytes, pathOf(path), 'invalid-model');
      if (listed && createHash('sha256').update(bytes).digest('hex') !== listed.sha256) {
        throw differs(pathOf(path), `differs from the SHA-256 in ${MANIFEST_FILE}`);
      }
      return bytes;
    },
    async graph(path, { signal } = {}) {
      const listed = await listedFile(path);
      const file = pathOf(path);
      const info = await stat(file).catch(() => undefined);
      if (!info) throw new ClipSegError('not-found', `There is no graph ${file}.`);
      if (info.size !== listed?.size) {
        if (info.size < 1000) checkLfsPointer(await readOrFail(file), file, 'invalid-model');
        throw differs(file, `has ${info.size} bytes, ${MANIFEST_FILE} says ${listed?.size}`);
      }
      if (!(await isIntact(file, listed.sha256, listed.size, { verify, memory, signal }))) {
        throw differs(file, `differs from the SHA-256 in ${MANIFEST_FILE}`);
      }
      return file;
    },
  };
}

/** Records that a folder's files are verified, as they were hashed while being written. */
export async function rememberFolder(folder: string, memory: string): Promise<void> {
  const { files } = readManifest(await readOrFail(join(folder, MANIFEST_FILE)));
  for (const [name, { sha256 }] of Object.entries(files)) {
    await remember(join(folder, name), sha256, memory);
  }
}

/** Tells whether all files of a folder's manifest exist with the listed content. */
export async function isWholeFolder(folder: string, options: VerifyOptions): Promise<boolean> {
  try {
    const { files } = readManifest(await readOrFail(join(folder, MANIFEST_FILE)));
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
  return {
    name,
    async open({ signal } = {}) {
      throwIfAborted(signal);
      const memory = join(cacheDir, 'verified');
      return modelFiles((file) => join(folder, file), { verify, memory });
    },
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
    name: 'mini',
    async open({ signal } = {}) {
      throwIfAborted(signal);
      return modelFiles(pathOf, { verify: chosen });
    },
  };
}
