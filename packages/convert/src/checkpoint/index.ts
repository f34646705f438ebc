import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  type ClipSegConfig,
  ClipSegError,
  type Preprocessing,
  parseConfig,
  parsePreprocessing,
} from '@clipseg/core';
import { checkConfigAgainst } from './check-config.js';
import { type JsonObject, readJson } from './json.js';
import { decoderFields, joinOriginal } from './original.js';
import { beginnings, withoutPrefix } from './prefix.js';
import { openWeightFiles, sha256Files, weightFiles } from './weight-files.js';
import type { Weights } from './weights.js';

export { weightFiles };

/** The tokenizer's files, where the folder has them (paths). */
export interface TokenizerPaths {
  readonly tokenizerJson?: string;
  readonly vocab?: string;
  readonly merges?: string;
  readonly tokenizerConfig?: string;
  readonly specialTokensMap?: string;
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
  /** Hex digest of the weight files one after the other, shards by name, the decoder last. */
  sha256(options?: { signal?: AbortSignal }): Promise<string>;
  close(): Promise<void>;
}

export interface OpenCheckpointOptions {
  readonly signal?: AbortSignal;
  /**
   * A decoder of timojl/clipseg (.pth, or the same keys as .safetensors); the folder is then a CLIP
   * of Hugging Face, and the preprocessing CLIPSeg's default instead of the CLIP's.
   */
  readonly decoder?: string;
  /** Vision blocks the decoder reads, counted from 0; config.json's, or [3, 6, 9], by default. */
  readonly extractLayers?: readonly number[];
  /**
   * Told once about what is taken another way than it stands in the files (a prefix of all keys).
   */
  readonly onWarning?: (message: string) => void;
}

function tokenizerPaths(folder: string): TokenizerPaths {
  const present = (file: string) =>
    existsSync(join(folder, file)) ? join(folder, file) : undefined;
  return {
    tokenizerJson: present('tokenizer.json'),
    vocab: present('vocab.json'),
    merges: present('merges.txt'),
    tokenizerConfig: present('tokenizer_config.json'),
    specialTokensMap: present('special_tokens_map.json'),
  };
}

async function checkFolder(folder: string): Promise<void> {
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory()) {
    throw new ClipSegError('not-found', `There is no checkpoint folder ${folder}.`);
  }
}

async function readPreprocessing(folder: string): Promise<Preprocessing> {
  const path = join(folder, 'preprocessor_config.json');
  return parsePreprocessing(existsSync(path) ? await readJson(path) : undefined);
}

interface Opened {
  readonly weights: Weights;
  readonly fields: JsonObject;
}

/** The CLIP's weights with the decoder's, and config.json with what the decoder's shapes tell. */
async function withDecoder(
  clip: Weights,
  json: JsonObject,
  path: string,
  options: Pick<OpenCheckpointOptions, 'signal' | 'onWarning'>,
): Promise<Opened> {
  const opened = await openWeightFiles([path], options);
  try {
    const decoder = withoutPrefix(opened, beginnings.originalDecoder, options.onWarning);
    const fields = { ...json, ...decoderFields(decoder, path) };
    return { weights: joinOriginal(clip, decoder), fields };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/**
 * Opens a Hugging Face CLIPSeg folder (config.json with model.safetensors or pytorch_model.bin, in
 * one file or shards), or a CLIP folder with the original's decoder. Reads headers only: tensors
 * are read when asked for. Close it when done.
 * @throws ClipSegError `not-found`, `io`, `invalid-config`, `invalid-checkpoint`, `aborted`
 */
export async function openCheckpoint(
  path: string,
  { decoder, extractLayers, signal, onWarning }: OpenCheckpointOptions = {},
): Promise<Checkpoint> {
  const folder = resolve(path);
  await checkFolder(folder);
  const json = await readJson(join(folder, 'config.json'));
  // A CLIP's own preprocessing is for 224-pixel classification: the decoder was not trained on it.
  const preprocessing = decoder ? parsePreprocessing(undefined) : await readPreprocessing(folder);
  const files = (await weightFiles(folder)).map((file) => join(folder, file));
  const own = await openWeightFiles(files, { signal });
  let weights = own;
  try {
    const begin = decoder ? beginnings.clip : beginnings.clipSeg;
    const plain = withoutPrefix(own, begin, onWarning);
    const opened = decoder
      ? await withDecoder(plain, json, decoder, { signal, onWarning })
      : { weights: plain, fields: json };
    weights = opened.weights;
    const override = extractLayers && { extract_layers: [...extractLayers] };
    const config = parseConfig({ ...opened.fields, ...override });
    checkConfigAgainst(weights, config);
    return {
      name: basename(folder),
      folder,
      config,
      preprocessing,
      weights,
      tokenizer: tokenizerPaths(folder),
      sha256: (options) => sha256Files(decoder ? [...files, decoder] : files, options),
      close: () => weights.close(),
    };
  } catch (error) {
    await weights.close();
    throw error;
  }
}
