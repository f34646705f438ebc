import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type ClipSegConfig,
  ClipSegError,
  type Preprocessing,
  parseConfig,
  parsePreprocessing,
} from '@clipseg/core';
import { decoderFields, joinOriginal } from './original.js';
import { openSafetensors } from './safetensors.js';
import { openTorch } from './torch.js';
import { mergeWeights, type Weights } from './weights.js';

/** The tokenizer's files, where the folder has them (paths). */
export interface TokenizerPaths {
  readonly tokenizerJson?: string;
  readonly vocab?: string;
  readonly merges?: string;
}

/** An opened checkpoint under the names of Hugging Face's CLIPSeg. */
export interface Checkpoint {
  /** The folder's name. */
  readonly name: string;
  readonly folder: string;
  readonly config: ClipSegConfig;
  readonly preprocessing: Preprocessing;
  readonly weights: Weights;
  readonly tokenizer: TokenizerPaths;
  /** Of the weight files, in order. */
  sha256(): Promise<string>;
  close(): Promise<void>;
}

export interface OpenCheckpointOptions {
  readonly signal?: AbortSignal;
  /** A decoder of timojl/clipseg (.pth); the folder is then a CLIP of Hugging Face. */
  readonly decoder?: string;
  readonly extractLayers?: readonly number[];
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new ClipSegError('not-found', `There is no ${basename(path)} in ${path}.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClipSegError('invalid-config', `${path} is not JSON.`, { cause });
  }
}

/** The names of the files that an index.json (of a sharded checkpoint) spreads the weights over. */
async function shards(folder: string, index: string): Promise<string[]> {
  const json = (await readJson(join(folder, index))) as { weight_map?: Record<string, unknown> };
  const names = [...new Set(Object.values(json?.weight_map ?? {}))];
  const plain = (name: unknown): name is string =>
    typeof name === 'string' && name === basename(name);
  if (names.length === 0 || !names.every(plain)) {
    throw new ClipSegError('invalid-checkpoint', `${index} names no weight files of its folder.`);
  }
  return names.sort();
}

export async function weightFiles(folder: string): Promise<string[]> {
  for (const file of ['model.safetensors', 'pytorch_model.bin']) {
    if (existsSync(join(folder, `${file}.index.json`))) return shards(folder, `${file}.index.json`);
    if (existsSync(join(folder, file))) return [file];
  }
  throw new ClipSegError(
    'not-found',
    `${folder} holds no weights: neither model.safetensors nor pytorch_model.bin.`,
  );
}

async function openAll(paths: readonly string[]): Promise<Weights> {
  const opened: Weights[] = [];
  try {
    for (const path of paths) {
      opened.push(await (path.endsWith('.safetensors') ? openSafetensors(path) : openTorch(path)));
    }
    return opened.length === 1 ? (opened[0] as Weights) : mergeWeights(opened);
  } catch (error) {
    await Promise.all(opened.map((weights) => weights.close()));
    throw error;
  }
}

const present = (folder: string, file: string): string | undefined =>
  existsSync(join(folder, file)) ? join(folder, file) : undefined;

async function checkFolder(folder: string): Promise<void> {
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory()) {
    throw new ClipSegError('not-found', `There is no checkpoint folder ${folder}.`);
  }
}

/**
 * Opens a Hugging Face CLIPSeg folder, or a CLIP folder with the original's decoder. Reads headers
 * only; close it when done.
 * @throws ClipSegError `not-found`, `invalid-config`, `invalid-checkpoint`
 */
export async function openCheckpoint(
  path: string,
  { decoder, extractLayers }: OpenCheckpointOptions = {},
): Promise<Checkpoint> {
  const folder = resolve(path);
  await checkFolder(folder);
  const json = (await readJson(join(folder, 'config.json'))) as Record<string, unknown>;
  const preprocessor = present(folder, 'preprocessor_config.json');
  // A CLIP's own preprocessing is for 224-pixel classification: the decoder was not trained on it.
  const useOwn = preprocessor && !decoder;
  const preprocessing = parsePreprocessing(useOwn ? await readJson(preprocessor) : undefined);
  const files = (await weightFiles(folder)).map((file) => join(folder, file));
  const weights = await openAll(files);
  try {
    const override = extractLayers && { extract_layers: [...extractLayers] };
    const opened = decoder ? await withDecoder(weights, json, decoder) : { weights, fields: json };
    return {
      name: basename(folder),
      folder,
      config: parseConfig({ ...opened.fields, ...override }),
      preprocessing,
      weights: opened.weights,
      tokenizer: {
        tokenizerJson: present(folder, 'tokenizer.json'),
        vocab: present(folder, 'vocab.json'),
        merges: present(folder, 'merges.txt'),
      },
      sha256: () => hashFiles(decoder ? [...files, decoder] : files),
      close: () => opened.weights.close(),
    };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

async function withDecoder(clip: Weights, json: Record<string, unknown>, path: string) {
  const decoder = await openTorch(path);
  try {
    const fields = { ...json, ...decoderFields(decoder, path) };
    return { weights: joinOriginal(clip, decoder), fields };
  } catch (error) {
    await decoder.close();
    throw error;
  }
}

async function hashFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    await pipeline(createReadStream(path, { highWaterMark: 4 * 2 ** 20 }), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk);
    });
  }
  return hash.digest('hex');
}
