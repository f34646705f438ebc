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
import { modelUrl } from '@clipseg/mini';

async function readOrFail(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    throwIfAborted(signal);
    throw new ClipSegError('not-found', `There is no ${path}.`, { cause });
  }
}

/** Files of a folder that `clipseg convert` made; a graph of another size than listed is refused. */
function folderFiles(folder: string): ModelFiles {
  let manifest: Promise<Manifest> | undefined;
  const readManifest = async () => {
    const bytes = await readOrFail(join(folder, MANIFEST_FILE));
    return parseManifest(JSON.parse(new TextDecoder().decode(bytes)));
  };
  return {
    read: (path, { signal } = {}) => readOrFail(join(folder, path), signal),
    async graph(path) {
      manifest ??= readManifest();
      const listed = (await manifest).files[path];
      const file = join(folder, path);
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
      return folderFiles(folder);
    },
  };
}

/** The embedded model: pictures made of emoji-like objects, no photographs. */
export function miniSource(): ModelSource {
  return folderSource(fileURLToPath(modelUrl), 'mini');
}
