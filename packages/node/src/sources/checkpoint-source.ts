import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { convert, weightFiles } from '@clipseg/convert';
import { type Backend, type Dtype, type ModelSource, throwIfAborted } from '@clipseg/core';
import { cached, cacheKey, defaultCacheFolder } from '../cache/cache-folder.js';
import { checkVerify, type HasVerify } from '../cache/verify.js';
import { ortNode } from '../native/ort-node.js';
import { folderSource, isWholeFolder, rememberFolder } from './folder-source.js';

export interface CheckpointSourceOptions extends HasVerify {
  /** Where converted models are kept. Default `defaultCacheFolder()`. */
  readonly cacheDir?: string;
  /** Runs the conversion's calibration. Default: the CPU. */
  readonly backend?: Backend;
}

// Raised whenever the converter writes other graphs, so that no old ones are taken from the cache.
const CONVERSION = 'graphs-3';

/** In the folder itself: which of its files were found right. */
const MEMORY = '.verified';

/** What a checkpoint's files look like from outside: cheap to ask, changes when they do. */
async function fingerprint(folder: string): Promise<string> {
  const names = [...(await weightFiles(folder)), 'config.json', 'preprocessor_config.json'];
  const parts = names.concat('vocab.json', 'merges.txt', 'tokenizer.json').map(async (name) => {
    const info = await stat(join(folder, name)).catch(() => undefined);
    return `${name}:${info?.size}:${info?.mtimeMs}`;
  });
  return (await Promise.all(parts)).join('|');
}

const warn = (message: string): void => process.emitWarning(message, 'ClipSegWarning');

/** A Hugging Face checkpoint folder, converted at the first use into the cache. */
export function checkpointSource(
  path: string,
  {
    cacheDir = defaultCacheFolder(),
    backend,
    verify: given,
    name = path,
  }: CheckpointSourceOptions & { name?: string } = {},
): ModelSource {
  const checkpoint = resolve(path);
  const verify = checkVerify(given);
  return {
    name,
    async open({ signal, onProgress, onWarning = warn, dtype = 'fp32' } = {}) {
      throwIfAborted(signal);
      const key = cacheKey(CONVERSION, checkpoint, await fingerprint(checkpoint), dtype);
      const make = async (output: string) => {
        const dtypes: Dtype[] = [dtype];
        const runs = backend ?? ortNode();
        const told = { signal, onProgress, onWarning };
        await convert({ checkpoint, output, dtypes, name, backend: runs, ...told });
      };
      const folder = await cached(cacheDir, key, make, {
        isWhole: (made) => isWholeFolder(made, { verify, memory: join(made, MEMORY), signal }),
        onMade: (made) => rememberFolder(made, join(made, MEMORY)),
      });
      return folderSource(folder, { name, verify: 'never' }).open({ signal }); // checked above
    },
  };
}
