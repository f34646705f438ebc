import type { ClipSegConfig, TowerConfig } from '../../contracts/config.js';
import type { GraphName } from '../../contracts/graph.js';
import type { Manifest, ManifestGraphs, SelfCheck } from '../../contracts/manifest.js';
import type { ModelSource, OpenedModel } from '../../contracts/model.js';
import { runDecoder } from '../../graphs/decoder.js';
import { graphNames, graphStems } from '../../graphs/names.js';
import { runVisionEncoder } from '../../graphs/vision-encoder.js';
import { listedFile, MANIFEST_FORMAT_VERSION } from '../../model/manifest.js';
import { selfCheckPixels } from '../../model/self-check-pixels.js';
import { throwIfAborted } from '../../util/errors.js';
import { CHANNELS, ENCODER_LAYERS, fakeGraphs, fakeSession, PATCH } from './fake-graphs.js';
import { CONTEXT, END, fakeVocab, START, VOCAB_SIZE } from './fake-text.js';

/** Both sides of the default resolution. */
const SIDE = 64;

const tower: TowerConfig = {
  hiddenSize: CHANNELS,
  intermediateSize: CHANNELS,
  numHiddenLayers: ENCODER_LAYERS + 1,
  numAttentionHeads: 1,
  layerNormEps: 1e-5,
  hiddenAct: 'quick_gelu',
};

const config: ClipSegConfig = {
  textConfig: {
    ...tower,
    vocabSize: VOCAB_SIZE,
    maxPositionEmbeddings: CONTEXT,
    bosTokenId: START,
    eosTokenId: END,
    padTokenId: END,
  },
  visionConfig: { ...tower, imageSize: SIDE, patchSize: PATCH, numChannels: 3 },
  projectionDim: CHANNELS,
  extractLayers: Array.from({ length: ENCODER_LAYERS }, (_, layer) => layer),
  reduceDim: CHANNELS,
  decoderNumAttentionHeads: 1,
  decoderIntermediateSize: CHANNELS,
  conditionalLayer: 0,
  useComplexTransposedConvolution: false,
};

/** Computes the sample that `selfCheck` compares with, for the prompt `red`. */
async function selfCheck(): Promise<SelfCheck> {
  const size = [4 * PATCH, 4 * PATCH] as const;
  const inputIds = [START, ...[...'red'].map(idOf), END];
  const embedding = [1, 0, 0];
  const pixels = selfCheckPixels(size);
  const positions = new Float32Array((1 + 16) * CHANNELS);
  const encoder = fakeSession(fakeGraphs.visionEncoder);
  const features = await runVisionEncoder(encoder, { pixels, size, positions }, { config });
  const [logits] = await runDecoder(fakeSession(fakeGraphs.decoder), {
    features,
    conditionalEmbeddings: [Float32Array.from(embedding)],
    grid: [4, 4],
  });
  return {
    size,
    inputIds,
    embedding,
    stride: 1,
    logits: [...logits!],
    tolerance: { fp32: 1e-3, fp16: 1e-3, int8: 1e-3 },
  };
}

/** Returns the token of a letter, which differs at the end of a word. */
const idOf = (letter: string, i: number, all: readonly string[]): number =>
  letter.charCodeAt(0) + (i === all.length - 1 ? 256 : 0);

const POSITIONS = 'position_embedding.bin';
const utf8 = new TextEncoder();

/** Returns the content of a graph's file: its name. */
export const fakeGraphFile = (graph: GraphName): Uint8Array => utf8.encode(`fake ${graph}`);

async function fakeFiles(): Promise<{
  manifest: Manifest;
  files: Readonly<Record<string, Uint8Array>>;
}> {
  const rows = 1 + (SIDE / PATCH) ** 2;
  const files: Record<string, Uint8Array> = {
    'vocab.json': utf8.encode(JSON.stringify(fakeVocab())),
    'merges.txt': utf8.encode('#version: 0.2\n'),
    [POSITIONS]: new Uint8Array(4 * rows * CHANNELS), // zeros: positions change nothing
  };
  for (const graph of graphNames) files[`${graphStems[graph]}.onnx`] = fakeGraphFile(graph);
  const graphs = Object.entries(graphStems).map(([graph, stem]) => [graph, `${stem}.onnx`]);
  const variant = Object.fromEntries(graphs) as ManifestGraphs;
  const sha256 = '0'.repeat(64);
  const manifest: Manifest = {
    formatVersion: MANIFEST_FORMAT_VERSION,
    source: { name: 'fake', sha256: 'fa4e'.repeat(16) },
    config,
    preprocessing: {
      size: [SIDE, SIDE],
      resample: 'bilinear',
      rescaleFactor: 1 / 255,
      imageMean: [0, 0, 0],
      imageStd: [1, 1, 1],
    },
    tokenizer: { vocab: 'vocab.json', merges: 'merges.txt' },
    positionEmbedding: { file: POSITIONS, dims: [rows, CHANNELS] },
    variants: { fp32: variant, fp16: variant, int8: variant },
    files: Object.fromEntries(
      Object.entries(files).map(([name, { byteLength: size }]) => [name, { size, sha256 }]),
    ),
    selfCheck: await selfCheck(),
  };
  return { manifest, files };
}

/**
 * Creates the model source for `fakeBackend`: 64 x 64 pixels in patches of 4, embeddings of 3
 * values, 77 tokens of one byte each, all dtypes (which compute the same), a self-check. It reads
 * no file.
 */
export function fakeModel(): ModelSource {
  return {
    specificationVersion: 1,
    name: 'fake',
    async open({ signal } = {}) {
      throwIfAborted(signal);
      const { manifest, files } = await fakeFiles();
      const read: OpenedModel['read'] = async (path, options) => {
        throwIfAborted(options?.signal);
        listedFile(manifest, path);
        return files[path]!.slice();
      };
      return { manifest, read, graph: read };
    },
  };
}
