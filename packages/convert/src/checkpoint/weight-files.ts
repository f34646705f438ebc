import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ClipSegError } from '@clipseg/core';
import { cannotRead } from './file.js';
import { isObject, readJson } from './json.js';
import { openSafetensors } from './safetensors.js';
import { openTorch } from './torch.js';
import { mergeWeights, type Weights } from './weights.js';

/** Reads the index of a sharded checkpoint: the file of each weight. */
async function weightMap(path: string): Promise<ReadonlyMap<string, string>> {
  const { weight_map: map } = await readJson(path);
  const entries = isObject(map) ? Object.entries(map) : [];
  // Only plain names, so that an index cannot refer to files outside of its folder.
  const plain = entries.every(
    ([, file]) => typeof file === 'string' && /^\w[\w.-]{0,199}$/.test(file),
  );
  if (entries.length === 0 || !plain) {
    throw new ClipSegError(
      'invalid-checkpoint',
      `${path} has no weight_map of names to files of its folder. Fetch it again.`,
    );
  }
  return new Map(entries as [string, string][]);
}

/**
 * Lists the weight files of a checkpoint, with the precedence of transformers: one file before
 * shards, safetensors before torch's format.
 * @throws ClipSegError `not-found`, `invalid-config`, `invalid-checkpoint`
 */
export async function weightFiles(folder: string): Promise<string[]> {
  for (const file of ['model.safetensors', 'pytorch_model.bin']) {
    if (existsSync(join(folder, file))) return [file];
    const index = join(folder, `${file}.index.json`);
    if (existsSync(index)) return [...new Set((await weightMap(index)).values())].sort();
  }
  throw new ClipSegError(
    'not-found',
    `${folder} has no weights: neither model.safetensors nor pytorch_model.bin, nor shards.`,
  );
}

/**
 * Opens several weight files as one. If one fails, the others are closed.
 * @throws ClipSegError `not-found`, `io`, `invalid-checkpoint`, `aborted`
 */
export async function openWeightFiles(
  paths: readonly string[],
  options?: { signal?: AbortSignal },
): Promise<Weights> {
  const opened: Weights[] = [];
  try {
    for (const path of paths) {
      const open = path.endsWith('.safetensors') ? openSafetensors : openTorch;
      opened.push(await open(path, options));
    }
    return opened.length === 1 ? opened[0]! : mergeWeights(opened);
  } catch (error) {
    await Promise.all(opened.map((weights) => weights.close()));
    throw error;
  }
}

/** Computes the hex digest of the concatenated files. */
export async function sha256Files(
  paths: readonly string[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    try {
      await pipeline(
        createReadStream(path, { highWaterMark: 4 * 2 ** 20 }),
        async (chunks: AsyncIterable<Uint8Array>) => {
          for await (const chunk of chunks) hash.update(chunk);
        },
        { signal },
      );
    } catch (cause) {
      if (signal?.aborted) {
        throw new ClipSegError('aborted', 'The operation was aborted.', { cause: signal.reason });
      }
      throw cannotRead(path, cause);
    }
  }
  return hash.digest('hex');
}
