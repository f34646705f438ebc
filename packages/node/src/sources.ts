import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ClipSegError,
  MANIFEST_FILE,
  type Manifest,
  type ModelFiles,
  type ModelSource,
  parseManifest,
  throwIfAborted,
} from '@clipseg/core';
import { modelUrls } from '@clipseg/mini/urls';

async function readOrFail(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    throwIfAborted(signal);
    throw new ClipSegError('not-found', `There is no ${path}.`, { cause });
  }
}

/**
 * Files that `clipseg convert` made, by where each lies; a graph of another size than listed is
 * refused.
 */
function modelFiles(pathOf: (name: string) => string): ModelFiles {
  let manifest: Promise<Manifest> | undefined;
  const readManifest = async () => {
    const bytes = await readOrFail(pathOf(MANIFEST_FILE));
    return parseManifest(JSON.parse(new TextDecoder().decode(bytes)));
  };
  return {
    read: (path, { signal } = {}) => readOrFail(pathOf(path), signal),
    async graph(path) {
      manifest ??= readManifest();
      const listed = (await manifest).files[path];
      const file = pathOf(path);
      const info = await stat(file).catch(() => undefined);
      if (!info) throw new ClipSegError('not-found', `There is no graph ${file}.`);
      if (info.size !== listed?.size) {
        throw new ClipSegError(
          'invalid-model',
          `${file} has ${info.size} bytes, ${MANIFEST_FILE} says ${listed?.size}: it is cut off or ` +
            'of another conversion. Convert the checkpoint again.',
        );
      }
      return file;
    },
  };
}

/** A folder made by `clipseg convert`. */
export function folderSource(path: string, name: string = path): ModelSource {
  const folder = resolve(path);
  return {
    name,
    async open({ signal } = {}) {
      throwIfAborted(signal);
      return modelFiles((file) => join(folder, file));
    },
  };
}

/**
 * The embedded model: pictures made of emoji-like objects, no photographs. Its files are named one by
 * one, so that a server's bundler takes them along, under names of its own.
 */
export function miniSource(): ModelSource {
  const pathOf = (file: string): string => {
    const url = modelUrls[file];
    if (url) return fileURLToPath(url);
    throw new ClipSegError('not-found', `The embedded model has no ${file}.`);
  };
  return {
    name: 'mini',
    async open({ signal } = {}) {
      throwIfAborted(signal);
      return modelFiles(pathOf);
    },
  };
}
