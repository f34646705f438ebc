import { readFileSync } from 'node:fs';
import { openCheckpoint } from '@clipseg/convert';
import {
  clipTokenizerJson,
  createTokenizer,
  type Manifest,
  type ModelSource,
  openSource,
  parseConfig,
  parseManifest,
  parsePreprocessing,
} from '@clipseg/core/model';
import { readJson } from '../../../packages/convert/src/checkpoint/json.js';
import { openSafetensors } from '../../../packages/convert/src/checkpoint/safetensors.js';
import { openTorch } from '../../../packages/convert/src/checkpoint/torch.js';
import type { Weights } from '../../../packages/convert/src/checkpoint/weights.js';
import { readManifest } from '../../../packages/core/src/model/manifest.js';
import { mutateBytes, mutateText } from '../generators/bytes.js';
import { fileOf, folderOf } from '../generators/folder.js';
import { jsonText, mutateJson } from '../generators/json.js';
import { safetensors } from '../generators/safetensors.js';
import { torchBytes } from '../generators/torch.js';
import { promise, target } from '../target.js';

const fixture = (path: string): URL => new URL(`../../../fixtures/${path}`, import.meta.url);
const CONFIG = JSON.parse(readFileSync(fixture('checkpoints/tiny-simple/config.json'), 'utf8'));
const WEIGHTS = new Uint8Array(readFileSync(fixture('checkpoints/tiny-simple/model.safetensors')));

const PREPROCESSING = {
  size: { height: 352, width: 352 },
  resample: 2,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  do_center_crop: false,
  do_resize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
};

const sha256 = 'a'.repeat(64);
const NAMES = ['visionEncoder', 'visionHead', 'textEncoder', 'decoder'];
const config = parseConfig(CONFIG);
const GRID = Math.floor(config.visionConfig.imageSize / config.visionConfig.patchSize);
const DIMS = [1 + GRID ** 2, config.visionConfig.hiddenSize] as const;
export const MANIFEST = {
  formatVersion: 2,
  source: { name: 'tiny', sha256 },
  config,
  preprocessing: parsePreprocessing(PREPROCESSING),
  tokenizer: { vocab: 'vocab.json', merges: 'merges.txt' },
  positionEmbedding: { file: 'positions.bin', dims: DIMS },
  variants: { fp32: Object.fromEntries(NAMES.map((name) => [name, `${name}.onnx`])) },
  files: Object.fromEntries(
    [
      ...NAMES.map((name) => [`${name}.onnx`, 1000] as const),
      ['vocab.json', 20] as const,
      ['merges.txt', 20] as const,
      ['positions.bin', 4 * DIMS[0] * DIMS[1]] as const,
    ].map(([file, size]) => [file, { size, sha256 }]),
  ),
  selfCheck: {
    size: [2 * config.visionConfig.patchSize, 2 * config.visionConfig.patchSize],
    stride: 64,
    inputIds: [config.textConfig.bosTokenId, 5, config.textConfig.eosTokenId],
    logits: [0.5],
    tolerance: { fp32: 0.1, fp16: 0.1, int8: 1 },
  },
};
parseManifest(MANIFEST); // the sample itself must be valid

/** A custom source, whose manifest may be anything. */
const sourceOf = (manifest: unknown): ModelSource => {
  const nothing = async () => new Uint8Array();
  const opened = { manifest: manifest as Manifest, read: nothing, graph: nothing };
  return { specificationVersion: 1, name: 'custom', open: async () => opened };
};

const VOCAB = Object.fromEntries(
  ['<|startoftext|>', '<|endoftext|>', 'a', 'b', 'a</w>', 'b</w>', 'ab</w>', 'c', 'c</w>'].map(
    (token, i) => [token, i],
  ),
);
const MERGES = '#version: 0.2\na b</w>\n';
const TOKENIZER = clipTokenizerJson(VOCAB, MERGES);
const LINES = ['\n', ' ', 'a', 'b</w>', '#version', '\0', '😀', 'a b c', '\r'];
const LIMITS = { maxPositionEmbeddings: 16, vocabSize: 9 };
const TEXTS = ['ab c', '', 'A &amp; “b”', '😀', 'a'.repeat(60), '\0', '<|endoftext|>', ' '];

const HEADER = {
  __metadata__: { format: 'pt' },
  a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
  'b.weight': { dtype: 'F16', shape: [4], data_offsets: [24, 32] },
  c: { dtype: 'I64', shape: [], data_offsets: [32, 40] },
};
const INDEX = {
  metadata: { total_size: 40 },
  weight_map: { a: 'model-00001-of-00002.safetensors', c: 'model-00002-of-00002.safetensors' },
};

/** Reads every tensor and checks its length. */
async function readAll(weights: Weights): Promise<void> {
  try {
    for (const name of weights.names.slice(0, 50)) {
      const weight = weights.get(name);
      const count = weight.shape.reduce((product, side) => product * side, 1);
      const { byteLength } = await weight.read();
      promise(count === 0 ? byteLength === 0 : byteLength % count === 0, 'shape and bytes');
    }
  } finally {
    await weights.close();
  }
}

/** Checks that a configuration contains only finite numbers. */
const checkFinite = (json: unknown): void => {
  JSON.stringify(json, (_, value) => {
    promise(typeof value !== 'number' || Number.isFinite(value), 'a number is not finite');
    return value;
  });
};

const checkpoint = 'convert/src/checkpoint';

export const modelTargets = [
  target({
    name: 'config.json',
    covers: ['core/src/model/config.ts'],
    input: (random) => mutateJson(random, CONFIG),
    run: (json) => checkFinite(parseConfig(json)),
  }),
  target({
    name: 'preprocessor_config.json',
    covers: ['core/src/model/preprocessing.ts'],
    input: (random) => mutateJson(random, PREPROCESSING),
    run: (json) => checkFinite(parsePreprocessing(json)),
  }),
  target({
    name: 'clipseg.json',
    covers: [
      'core/src/model/manifest.ts',
      'core/src/model/lfs-pointer.ts',
      'core/src/model/model.ts',
      'core/src/model/open-source.ts',
    ],
    weight: 2,
    input: (random) =>
      random.chance(0.3) ? jsonText(random, MANIFEST) : mutateJson(random, MANIFEST),
    async run(json) {
      if (typeof json === 'string') readManifest(json);
      else checkFinite((await openSource(sourceOf(json))).manifest.preprocessing);
    },
  }),
  target({
    name: 'vocab.json and merges.txt',
    covers: ['core/src/model/tokenizer.ts'],
    input: (random) =>
      [
        mutateJson(random, VOCAB),
        random.chance(0.9)
          ? mutateText(random, [MERGES], LINES)
          : (mutateJson(random, MERGES) as string),
        random.pick(TEXTS),
      ] as const,
    run([vocab, merges, text]) {
      const ids = createTokenizer({ vocab, merges }, LIMITS).encode(text);
      promise(
        ids.every((id) => id >= 0 && id < LIMITS.vocabSize),
        'a token outside of the vocabulary',
      );
    },
  }),
  target({
    name: 'tokenizer.json',
    covers: ['core/src/model/tokenizer.ts'],
    input: (random) => [mutateJson(random, TOKENIZER), random.pick(TEXTS)] as const,
    run([tokenizerJson, text]) {
      const ids = createTokenizer({ tokenizerJson }, LIMITS).encode(text);
      promise(
        ids.every((id) => id >= 0 && id < LIMITS.vocabSize),
        'a token outside of the vocabulary',
      );
    },
  }),
  target({
    name: 'safetensors files',
    covers: [`${checkpoint}/safetensors.ts`, `${checkpoint}/weights.ts`],
    input: (random) => safetensors(random, HEADER, new Uint8Array(40)),
    run: async (bytes) => readAll(await openSafetensors(fileOf('x.safetensors', bytes))),
  }),
  target({
    name: 'torch files',
    covers: [`${checkpoint}/torch.ts`, `${checkpoint}/pickle.ts`, `${checkpoint}/zip.ts`],
    input: torchBytes,
    run: async (bytes) => readAll(await openTorch(fileOf('x.bin', bytes))),
  }),
  target({
    name: 'JSON of checkpoints',
    covers: [`${checkpoint}/json.ts`],
    weight: 0.5,
    input: (random) =>
      random.chance(0.7)
        ? jsonText(random, CONFIG)
        : mutateBytes(random, [Buffer.from('{"a":{"b":[1,"c"]},"a":2}')]),
    run: (text) => readJson(fileOf('x.json', text)),
  }),
  target({
    name: 'checkpoint folders',
    covers: [
      ...['index.ts', 'weight-files.ts', 'tokenizer-files.ts'].map(
        (file) => `${checkpoint}/${file}`,
      ),
      'convert/src/convert.ts',
    ],
    weight: 0.2,
    input(random) {
      const shard = safetensors(random, { a: HEADER.a }, new Uint8Array(24));
      const weights: Record<string, Uint8Array | string> = random.pick<
        Record<string, Uint8Array | string>
      >([
        { 'model.safetensors': mutateBytes(random, [WEIGHTS.subarray(0, 30_000)]) },
        { 'model.safetensors': WEIGHTS },
        { 'pytorch_model.bin': torchBytes(random) },
        {
          'model.safetensors.index.json': jsonText(random, INDEX),
          'model-00001-of-00002.safetensors': shard,
        },
      ]);
      return {
        ...weights,
        'config.json': jsonText(random, CONFIG),
        ...(random.chance(0.5) && { 'preprocessor_config.json': jsonText(random, PREPROCESSING) }),
        ...(random.chance(0.5) && { 'tokenizer.json': jsonText(random, TOKENIZER) }),
      };
    },
    async run(files) {
      const folder = folderOf('checkpoint', files);
      const opened = await openCheckpoint(folder);
      await opened.close();
      const { readTokenizer } = await import(
        '../../../packages/convert/src/checkpoint/tokenizer-files.js'
      );
      await readTokenizer(opened.tokenizer, opened.config.textConfig);
    },
  }),
];
