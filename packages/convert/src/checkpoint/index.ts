import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import {
  type ClipSegConfig,
  type Preprocessing,
  parseConfig,
  parsePreprocessing,
} from '@clipseg/core/model';
import { checkConfigAgainst } from './check-config.js';
import { type JsonObject, readJson } from './json.js';
import { decoderFields, joinOriginal } from './original.js';
import { roots, withoutPrefix } from './prefix.js';
import { openWeightFiles, sha256Files, weightFiles } from './weight-files.js';
import type { Weights } from './weights.js';

export { weightFiles };

/** Paths of the tokenizer's files that exist. */
export interface TokenizerPaths {
  readonly tokenizerJson?: string;
  readonly vocab?: string;
  readonly merges?: string;
  readonly tokenizerConfig?: string;
  readonly specialTokensMap?: string;
}

/** An open checkpoint, with the tensor names of Hugging Face's CLIPSeg. */
export interface Checkpoint {
  /** Name of the folder. */
  readonly name: string;
  readonly folder: string;
  readonly config: ClipSegConfig;
  readonly preprocessing: Preprocessing;
  readonly weights: Weights;
  readonly tokenizer: TokenizerPaths;
  /** Hex digest of the concatenated weight files: shards sorted by name, the decoder last. */
  sha256(options?: { signal?: AbortSignal }): Promise<string>;
  close(): Promise<void>;
}

export interface OpenCheckpointOptions {
  readonly signal?: AbortSignal;
  /**
   * Decoder of timojl/clipseg (.pth, or .safetensors with the same keys). The folder is then a
   * Hugging Face CLIP, and preprocessing is CLIPSeg's default rather than the CLIP's.
   */
  readonly decoder?: string;
  /** Vision blocks that the decoder reads, from 0. Default: as in config.json, or [3, 6, 9]. */
  readonly extractLayers?: readonly number[];
  /** Called once if the files are not used as they are, e.g. if all keys have a prefix. */
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
    throw new ClipSegError('not-found', `The checkpoint folder ${folder} does not exist.`);
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

/** Adds the decoder's weights to the CLIP's, and config fields found from the decoder's shapes. */
async function withDecoder(
  clip: Weights,
  json: JsonObject,
  path: string,
  options: Pick<OpenCheckpointOptions, 'signal' | 'onWarning'>,
): Promise<Opened> {
  const opened = await openWeightFiles([path], options);
  try {
    const decoder = withoutPrefix(opened, roots.originalDecoder, options.onWarning);
    const fields = { ...json, ...decoderFields(decoder, path) };
    return { weights: joinOriginal(clip, decoder), fields };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/**
 * Opens a Hugging Face CLIPSeg folder (config.json with model.safetensors or pytorch_model.bin, in
 * one file or shards), or a CLIP folder with the original's decoder. Reads only headers; tensors
 * are read on demand. Close it when done.
 * @throws ClipSegError `not-found`, `io`, `invalid-config`, `invalid-checkpoint`, `aborted`
 */
export async function openCheckpoint(
  path: string,
  { decoder, extractLayers, signal, onWarning }: OpenCheckpointOptions = {},
): Promise<Checkpoint> {
  const folder = resolve(path);
  await checkFolder(folder);
  const json = await readJson(join(folder, 'config.json'));
  // A CLIP's preprocessing is for classification at 224 pixels, unlike the decoder's training.
  const preprocessing = decoder ? parsePreprocessing(undefined) : await readPreprocessing(folder);
  const files = (await weightFiles(folder)).map((file) => join(folder, file));
  const base = await openWeightFiles(files, { signal });
  let weights = base;
  try {
    const root = decoder ? roots.clip : roots.clipSeg;
    const plain = withoutPrefix(base, root, onWarning);
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
