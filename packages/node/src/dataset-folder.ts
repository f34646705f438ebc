import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import type { DatasetFiles } from '@clipseg/core/evaluation';
import { decodeImage, type ImageInput } from './image/decode-image.js';

/**
 * Opens a dataset folder, for `folderDataset`, `cocoDataset` etc. of `@clipseg/core/evaluation`.
 */
export function datasetFolder(path: string): DatasetFiles<ImageInput> {
  const folder = resolve(path);
  return {
    name: basename(folder),
    async text(file) {
      try {
        return await readFile(join(folder, file), 'utf8');
      } catch (cause) {
        throw new ClipSegError('not-found', `There is no ${join(folder, file)}.`, { cause });
      }
    },
    async list(inner) {
      const names = await readdir(join(folder, inner)).catch(() => []);
      return names.filter((name) => !name.startsWith('.')).sort();
    },
    image: (file) => join(folder, file),
    pixels: (file) => decodeImage(join(folder, file)),
  };
}
