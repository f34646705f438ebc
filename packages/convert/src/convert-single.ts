import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Dtype } from '@clipseg/core';
import { checkLfsPointer } from '@clipseg/core/internal';
import {
  clipTokenizerJson,
  interpolatePositionEmbedding,
  type ManifestFile,
} from '@clipseg/core/model';
import { checkDtypes } from './check-dtypes.js';
import { type Checkpoint, openCheckpoint, type TokenizerPaths } from './checkpoint/index.js';
import { type Parameter, Parameters } from './checkpoint/parameters.js';
import { missingTokenizer, readTokenizer } from './checkpoint/tokenizer-files.js';
import { buildSingle } from './clipseg/graphs.js';
import type { NetworkOptions } from './clipseg/network.js';
import type { ConvertOptions } from './convert.js';
import { asIoError } from './files/io-error.js';
import { removeLeftovers } from './files/leftovers.js';
import { makeFolders } from './files/make-folders.js';
import { writeFile } from './files/write-file.js';
import { encodeModel } from './onnx/write-model.js';

// File names that transformers.js derives from its `dtype` option.
const modelFile: Record<Dtype, string> = {
  fp32: 'onnx/model.onnx',
  fp16: 'onnx/model_fp16.onnx',
  int8: 'onnx/model_quantized.onnx', // called q8 there
};
const options: Record<Dtype, NetworkOptions> = {
  fp32: {},
  fp16: { type: 'float16' },
  int8: { linear: 'uint8' },
};

const COPIED = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
];

/**
 * Writes the one-file layout of transformers.js, for the checkpoint's resolution. Its int8 (`q8`
 * there) is that of ONNX Runtime's `quantize_dynamic`: it needs no calibration and no backend, and
 * is less exact than the int8 of `convert`.
 * @throws ClipSegError as `convert` does
 */
export async function convertSingle(
  convertOptions: ConvertOptions,
): Promise<{ files: Record<string, ManifestFile> }> {
  const { signal, onProgress } = convertOptions;
  const dtypes = checkDtypes(convertOptions.dtypes);
  const checkpoint = await openCheckpoint(convertOptions.checkpoint, convertOptions);
  const output = resolve(convertOptions.output);
  try {
    const files: Record<string, ManifestFile> = {};
    await prepare(output);
    for (const dtype of dtypes) {
      const graph = await buildGraph(checkpoint, { ...options[dtype], ...pick(convertOptions) });
      const file = modelFile[dtype];
      const total = [...graph.initializers.values()].reduce((sum, i) => sum + i.byteLength, 0);
      let loaded = 0;
      const onBytes = (bytes: number) => {
        loaded = Math.min(total, loaded + bytes);
        onProgress?.({ stage: 'convert', file, loadedBytes: loaded, totalBytes: total });
      };
      files[file] = await writeFile(join(output, file), encodeModel(graph, { signal }), {
        signal,
        onBytes,
      });
    }
    await writeTokenizer(checkpoint, output, files, convertOptions.onWarning);
    return { files };
  } finally {
    await checkpoint.close();
  }
}

async function prepare(output: string): Promise<void> {
  const graphs = join(output, 'onnx');
  try {
    await makeFolders(graphs);
  } catch (error) {
    throw asIoError(error, graphs);
  }
  await Promise.all([output, graphs].map(removeLeftovers));
}

const pick = ({ operators }: ConvertOptions) => ({ operators });

async function buildGraph(checkpoint: Checkpoint, network: NetworkOptions) {
  const { config, preprocessing, weights } = checkpoint;
  const { patchSize, imageSize, hiddenSize } = config.visionConfig;
  const parameters = new Parameters(weights);
  const side = Math.floor(imageSize / patchSize);
  const dims = [1 + side ** 2, hiddenSize] as [number, number];
  const key = 'clip.vision_model.embeddings.position_embedding.weight';
  const table = parameters.take(key, dims);
  const [height, width] = preprocessing.size;
  const grid = [height / patchSize, width / patchSize] as const;
  const embedding: Parameter = {
    name: 'position_embedding',
    dims: [1, 1 + grid[0] * grid[1], hiddenSize],
    read: async (o) => interpolatePositionEmbedding(await table.read(o), dims, grid),
  };
  const graph = buildSingle(parameters, config, { grid, embedding }, network);
  return graph;
}

/** Writes the other files that transformers.js reads; the tokenizer must be tokenizer.json. */
async function writeTokenizer(
  { folder, config, tokenizer: paths }: Checkpoint,
  output: string,
  files: Record<string, ManifestFile>,
  onWarning: ConvertOptions['onWarning'],
): Promise<void> {
  for (const name of COPIED) {
    const path = join(folder, name);
    const bytes = await readFile(path).catch(() => undefined);
    if (!bytes) continue;
    checkLfsPointer(bytes, path, 'invalid-config');
    files[name] = await writeFile(join(output, name), [bytes]);
  }
  const tokenizer = await readTokenizer(preferJson(paths), config.textConfig);
  if (!tokenizer) return onWarning?.(missingTokenizer(folder, paths));
  const { content, files: read } = tokenizer;
  const bytes =
    'vocab' in content
      ? Buffer.from(JSON.stringify(clipTokenizerJson(content.vocab, content.merges)))
      : (read[0]?.bytes ?? new Uint8Array());
  files['tokenizer.json'] = await writeFile(join(output, 'tokenizer.json'), [bytes]);
}

const preferJson = (paths: TokenizerPaths): TokenizerPaths =>
  paths.tokenizerJson ? { tokenizerJson: paths.tokenizerJson } : paths;
