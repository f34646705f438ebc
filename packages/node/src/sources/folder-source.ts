import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ClipSegError,
  checkLfsPointer,
  MANIFEST_FILE,
  type ModelFiles,
  type ModelSource,
  once,
  readManifest,
  throwIfAborted,
} from '@clipseg/core';
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
  /** For messages and `info`. Default: the path. */
  readonly name?: string;
  /**
   * When a file's SHA-256 is compared with the one in clipseg.json. Default `once`: at the first
   * load, which is kept in mind in `cacheDir` until the file changes. Sizes are always compared.
   */
  readonly verify?: Verify;
  /** Default `defaultCacheFolder()`. */
  readonly cacheDir?: string;
}

const differs = (file: string, how: string): ClipSegError =>
  new ClipSegError(
    'invalid-model',
    `${file} ${how}: it is damaged, cut off or of another conversion. Convert the checkpoint again.`,
  );

/**
 * Files that `clipseg convert` made, by where each lies; one that is not what the manifest lists is
 * refused.
 */
function modelFiles(
  pathOf: (name: string) => string,
  { verify, memory }: Omit<VerifyOptions, 'signal'>,
): ModelFiles {
  const manifest = once(async () => {
    const path = pathOf(MANIFEST_FILE);
    return readManifest(await readOrFail(path), path);
  });
  const listedAs = async (path: string) => {
    const { files } = await manifest();
    return Object.hasOwn(files, path) ? files[path] : undefined;
  };
  return {
    async read(path, { signal } = {}) {
      const bytes = await readOrFail(pathOf(path), signal);
      if (path === MANIFEST_FILE || verify === 'never') return bytes;
      const listed = await listedAs(path);
      checkLfsPointer(bytes, pathOf(path), 'invalid-model');
      if (listed && createHash('sha256').update(bytes).digest('hex') !== listed.sha256) {
        throw differs(pathOf(path), `is not what ${MANIFEST_FILE} lists`);
      }
      return bytes;
    },
    async graph(path, { signal } = {}) {
      const listed = await listedAs(path);
      const file = pathOf(path);
      const info = await stat(file).catch(() => undefined);
      if (!info) throw new ClipSegError('not-found', `There is no graph ${file}.`);
      if (info.size !== listed?.size) {
        if (info.size < 1000) checkLfsPointer(await readOrFail(file), file, 'invalid-model');
        throw differs(file, `has ${info.size} bytes, ${MANIFEST_FILE} says ${listed?.size}`);
      }
      if (!(await isIntact(file, listed.sha256, listed.size, { verify, memory, signal }))) {
        throw differs(file, `has another content than ${MANIFEST_FILE} lists (SHA-256)`);
      }
      return file;
    },
  };
}

/** Keeps in mind that a folder's files are right: they were hashed while they were written. */
export async function rememberFolder(folder: string, memory: string): Promise<void> {
  const { files } = readManifest(await readOrFail(join(folder, MANIFEST_FILE)));
  for (const [name, { sha256 }] of Object.entries(files)) {
    await remember(join(folder, name), sha256, memory);
  }
}

/** Whether every file that a folder's manifest lists is there, with its content. */
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

/** A folder made by `clipseg convert`. */
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
 * The embedded model: pictures made of emoji-like objects, no photographs. Its files are named one
 * by one, so that a server's bundler takes them along, under names of its own.
 */
export function miniSource({ verify }: Pick<FolderSourceOptions, 'verify'> = {}): ModelSource {
  // npm checked what it installed: its files are read twice on request only.
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
