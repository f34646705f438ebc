import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClipSegError, type Dtype, type Progress } from '@clipseg/core';
import { checkSpecification, throwIfAborted } from '@clipseg/core/internal';
import {
  type Backend,
  type GraphName,
  graphNames,
  graphStems,
  MANIFEST_FILE,
  MANIFEST_FORMAT_VERSION,
  type Manifest,
  type ManifestFile,
  type ManifestGraphs,
} from '@clipseg/core/model';
import { calibrate } from './calibration/calibrate.js';
import { checkDtypes } from './check-dtypes.js';
import { type Checkpoint, openCheckpoint } from './checkpoint/index.js';
import { type Parameter, Parameters } from './checkpoint/parameters.js';
import {
  type CheckpointTokenizer,
  missingTokenizer,
  readTokenizer,
} from './checkpoint/tokenizer-files.js';
import { builders } from './clipseg/graphs.js';
import type { NetworkOptions } from './clipseg/network.js';
import { asIoError } from './files/io-error.js';
import { removeLeftovers, scratchFolder } from './files/leftovers.js';
import { makeFolders } from './files/make-folders.js';
import { writeFile } from './files/write-file.js';
import type { Graph } from './onnx/graph.js';
import { encodeModel } from './onnx/write-model.js';
import { makeSelfCheck } from './self-check.js';

export interface ConvertOptions {
  /** A Hugging Face CLIPSeg folder; with `decoder`, a CLIP folder. */
  readonly checkpoint: string;
  /** Folder to write; created if missing. `clipseg.json` is written last. */
  readonly output: string;
  /** Default: `['fp32']`. */
  readonly dtypes?: readonly Dtype[];
  /**
   * Runs the graphs to calibrate int8, which requires a backend, and to record the self-check,
   * which is omitted without one.
   */
  readonly backend?: Backend;
  /** Decoder weights of timojl/clipseg (.pth). */
  readonly decoder?: string;
  /** Overrides config.json (the paper has [3, 7, 9], the released loaders [3, 6, 9]). */
  readonly extractLayers?: readonly number[];
  /** ONNX Runtime's fused operators (default), or only standard ONNX operators. */
  readonly operators?: 'fused' | 'standard';
  /** Name of the model in the manifest. Default: the folder's name. */
  readonly name?: string;
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Called once for each remark on a conversion that continues: keys with a prefix, a checkpoint
   * without a tokenizer.
   */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

const suffix: Record<Dtype, string> = { fp32: '', fp16: '_fp16', int8: '_int8' };
const dtypeOptions: Record<Dtype, NetworkOptions> = {
  fp32: {},
  fp16: { type: 'float16' },
  int8: { linear: 'int8' },
};

// The decoder stays in fp32: it is small, and its heads of 16 channels need the precision.
const fileName = (graph: GraphName, dtype: Dtype): string =>
  `${graphStems[graph]}${graph === 'decoder' ? '' : suffix[dtype]}.onnx`;

const graphsOf = (dtype: Dtype): ManifestGraphs => ({
  visionEncoder: fileName('visionEncoder', dtype),
  visionHead: fileName('visionHead', dtype),
  textEncoder: fileName('textEncoder', dtype),
  decoder: fileName('decoder', dtype),
});

interface Job {
  readonly options: ConvertOptions;
  readonly checkpoint: Checkpoint;
  readonly parameters: Parameters;
  readonly positions: Parameter;
  readonly tokenizer: CheckpointTokenizer | undefined;
  readonly files: Record<string, ManifestFile>;
  readonly scratch: string;
}

/**
 * Converts a checkpoint into a folder of ONNX graphs with `clipseg.json`. Weights are streamed, so
 * that only one tensor at a time is in memory.
 * @returns the written manifest
 * @throws ClipSegError `not-found`, `invalid-config`, `invalid-checkpoint` (one error that lists
 *   all missing, unused and misshapen keys), `io`, `aborted`, `invalid-argument`
 */
export async function convert(options: ConvertOptions): Promise<Manifest> {
  const { signal } = options;
  const dtypes = checkOptions(options);
  throwIfAborted(signal);
  const checkpoint = await openCheckpoint(options.checkpoint, {
    signal,
    decoder: options.decoder,
    extractLayers: options.extractLayers,
    onWarning: options.onWarning,
  });
  const output = resolve(options.output);
  const scratch = scratchFolder(output);
  try {
    const parameters = new Parameters(checkpoint.weights);
    const graphs = buildAll(parameters, checkpoint, { operators: options.operators });
    const positions = takePositions(parameters, checkpoint);
    parameters.finish();
    const { textConfig } = checkpoint.config;
    const tokenizer = await readTokenizer(checkpoint.tokenizer, textConfig);
    if (!tokenizer) options.onWarning?.(missingTokenizer(checkpoint.folder, checkpoint.tokenizer));
    await prepare(output, scratch);
    const resolved = { ...options, output };
    const job: Job = {
      options: resolved,
      checkpoint,
      parameters,
      positions,
      tokenizer,
      files: {},
      scratch,
    };
    return await writeAll(job, dtypes, graphs);
  } finally {
    await checkpoint.close();
    await rm(scratch, { recursive: true, force: true }).catch(() => {}); // keep the first error
  }
}

/** Removes the old manifest first, so that it never lies beside new graphs after an abort. */
async function prepare(output: string, scratch: string): Promise<void> {
  try {
    await removeLeftovers(output);
    await makeFolders(scratch);
    await rm(join(output, MANIFEST_FILE), { force: true });
  } catch (error) {
    throw asIoError(error, output);
  }
}

function checkOptions({ dtypes: given, backend }: ConvertOptions): Dtype[] {
  const dtypes = checkDtypes(given);
  if (backend) checkSpecification(backend, 'backend');
  if (!dtypes.includes('int8') || backend) return dtypes;
  throw new ClipSegError(
    'invalid-argument',
    'int8 needs calibration: pass a backend that runs the model, e.g. ortNode() of @clipseg/node.',
  );
}

function buildAll(
  parameters: Parameters,
  { config }: Checkpoint,
  options: NetworkOptions,
): Record<GraphName, Graph> {
  const built = graphNames.map((name) => {
    const { operators } = options;
    const chosen = name === 'decoder' ? { operators } : options;
    return [name, builders[name](parameters, config, chosen)] as const;
  });
  return Object.fromEntries(built) as Record<GraphName, Graph>;
}

async function writeAll(
  job: Job,
  dtypes: readonly Dtype[],
  fp32: Record<GraphName, Graph>,
): Promise<Manifest> {
  const { checkpoint, options, parameters, files, scratch } = job;
  const { backend, signal, output } = options;
  const positionEmbedding = await writePositionEmbedding(job);
  const full = dtypes.includes('fp32') || backend;
  const fullFolder = dtypes.includes('fp32') ? output : scratch;
  if (full) await writeGraphs(job, fp32, 'fp32', fullFolder);
  const variants: Partial<Record<Dtype, ManifestGraphs>> = {};
  for (const dtype of dtypes) {
    if (dtype !== 'fp32') {
      const smoothing =
        dtype === 'int8' && backend
          ? await calibrate({
              parameters,
              config: checkpoint.config,
              backend,
              folder: scratch,
              signal,
              size: checkpoint.preprocessing.size,
              positionEmbedding,
            })
          : undefined;
      const { operators } = options;
      const chosen = { ...dtypeOptions[dtype], operators, smoothing };
      await writeGraphs(job, buildAll(parameters, checkpoint, chosen), dtype, output);
    }
    variants[dtype] = graphsOf(dtype);
  }
  const selfCheck =
    backend &&
    (await makeSelfCheck(
      { backend, config: checkpoint.config, positionEmbedding, signal },
      { folder: fullFolder, graphs: graphsOf('fp32') },
      dtypes.map((dtype) => ({ dtype, folder: output, graphs: graphsOf(dtype) })),
    ));
  const manifest: Manifest = {
    formatVersion: MANIFEST_FORMAT_VERSION,
    source: { name: options.name ?? checkpoint.name, sha256: await checkpoint.sha256() },
    config: checkpoint.config,
    preprocessing: checkpoint.preprocessing,
    tokenizer: await copyTokenizer(job),
    positionEmbedding: { file: POSITIONS, dims: positionEmbedding.dims },
    variants,
    files,
    selfCheck,
  };
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
  await writeFile(join(output, MANIFEST_FILE), [json], { signal });
  return manifest;
}

const POSITIONS = 'position_embedding.bin';

/** The position table is not part of a graph, as the engine fits it to the resolution. */
function takePositions(parameters: Parameters, { config }: Checkpoint): Parameter {
  const { imageSize, patchSize, hiddenSize } = config.visionConfig;
  const dims = [1 + Math.floor(imageSize / patchSize) ** 2, hiddenSize];
  return parameters.take('clip.vision_model.embeddings.position_embedding.weight', dims);
}

async function writePositionEmbedding({ positions, options, files }: Job) {
  const data = await positions.read({ signal: options.signal });
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  files[POSITIONS] = await writeFile(join(options.output, POSITIONS), [bytes], {
    signal: options.signal,
  });
  return { data, dims: positions.dims as [number, number] };
}

async function writeGraphs(
  { options, files }: Job,
  graphs: Record<GraphName, Graph>,
  dtype: Dtype,
  folder: string,
): Promise<void> {
  for (const [name, graph] of Object.entries(graphs) as [GraphName, Graph][]) {
    const file = fileName(name, dtype);
    if (folder === options.output && files[file]) continue; // all variants share the decoder
    const initializers = [...graph.initializers.values()];
    const totalBytes = initializers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    let loadedBytes = 0;
    const written = await writeFile(join(folder, file), encodeModel(graph, options), {
      signal: options.signal,
      onBytes: (bytes) => {
        loadedBytes = Math.min(totalBytes, loadedBytes + bytes);
        options.onProgress?.({ stage: 'convert', file, loadedBytes, totalBytes });
      },
    });
    if (folder === options.output) files[file] = written;
  }
}

async function copyTokenizer({ tokenizer, options, files }: Job): Promise<Manifest['tokenizer']> {
  if (!tokenizer) return undefined;
  for (const { name, bytes } of tokenizer.files) {
    files[name] = await writeFile(join(options.output, name), [bytes], { signal: options.signal });
  }
  return 'vocab' in tokenizer.content
    ? { vocab: 'vocab.json', merges: 'merges.txt' }
    : { tokenizerJson: 'tokenizer.json' };
}
