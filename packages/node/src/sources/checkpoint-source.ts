import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { convert, weightFiles } from '@clipseg/convert';
import type { Dtype } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import type { Backend, ModelSource } from '@clipseg/core/model';
import { cached, cacheKey, defaultCacheFolder } from '../cache/cache-folder.js';
import { checkVerify, type HasVerify } from '../cache/verify.js';
import { ortNode } from '../native/ort-node.js';
import { folderSource, isWholeFolder, rememberFolder } from './folder-source.js';

export interface CheckpointSourceOptions extends HasVerify {
  /** Folder for converted models. Default `defaultCacheFolder()`. */
  readonly cacheDir?: string;
  /** Backend for calibration during conversion. Default: the CPU. */
  readonly backend?: Backend;
}

// Raised whenever the converter's output changes, so that old graphs in the cache are not used.
const CONVERSION = 'graphs-3';

/** Subfolder that records which files were verified. */
const MEMORY = '.verified';

/** Key that changes when a checkpoint's files do, from their metadata. */
async function fingerprint(folder: string): Promise<string> {
  const names = [...(await weightFiles(folder)), 'config.json', 'preprocessor_config.json'];
  const parts = names.concat('vocab.json', 'merges.txt', 'tokenizer.json').map(async (name) => {
    const info = await stat(join(folder, name)).catch(() => undefined);
    return `${name}:${info?.size}:${info?.mtimeMs}`;
  });
  return (await Promise.all(parts)).join('|');
}

const warn = (message: string): void => process.emitWarning(message, 'ClipSegWarning');

/** Opens a Hugging Face checkpoint folder; converts it into the cache at first use. */
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
    specificationVersion: 1,
    name,
    async open({ signal, onProgress, onWarning = warn, dtype = 'fp32' } = {}) {
      throwIfAborted(signal);
      const key = cacheKey(CONVERSION, checkpoint, await fingerprint(checkpoint), dtype);
      const make = async (output: string) => {
        const dtypes: Dtype[] = [dtype];
        const runs = backend ?? ortNode();
        const callbacks = { signal, onProgress, onWarning };
        await convert({ checkpoint, output, dtypes, name, backend: runs, ...callbacks });
      };
      const folder = await cached(cacheDir, key, make, {
        isWhole: (made) => isWholeFolder(made, { verify, memory: join(made, MEMORY), signal }),
        onMade: (made) => rememberFolder(made, join(made, MEMORY)),
      });
      return folderSource(folder, { name, verify: 'never' }).open({ signal }); // checked above
    },
  };
}
