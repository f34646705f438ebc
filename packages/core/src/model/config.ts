import type { ClipSegConfig, TextConfig, TowerConfig, VisionConfig } from '../contracts/config.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';

// Defaults of transformers, for fields that a config.json omits.
const towerDefaults = { num_hidden_layers: 12, layer_norm_eps: 1e-5, hidden_act: 'quick_gelu' };
const textDefaults = {
  ...towerDefaults,
  vocab_size: 49408,
  hidden_size: 512,
  intermediate_size: 2048,
  num_attention_heads: 8,
  max_position_embeddings: 77,
  bos_token_id: 49406,
  eos_token_id: 49407,
  pad_token_id: 1,
};
const visionDefaults = {
  ...towerDefaults,
  hidden_size: 768,
  intermediate_size: 3072,
  num_attention_heads: 12,
  image_size: 224,
  patch_size: 32,
  num_channels: 3,
};
const defaults = {
  projection_dim: 512,
  extract_layers: [3, 6, 9],
  reduce_dim: 64,
  conditional_layer: 0,
  decoder_num_attention_heads: 4,
  decoder_intermediate_size: 2048,
  use_complex_transposed_convolution: false,
};

// Far above any CLIP: a hostile file cannot ask for terabytes.
const MAX_SIZE = 1 << 20;
const MAX_LAYERS = 256;

type Fields = Readonly<Record<string, unknown>>;

/** Throws that `field` (as the code spells it) is `value`, not `expected`. */
export type Refuse = (field: string, value: unknown, expected: string) => never;

/** A section of the file, and its path for messages. */
interface Part {
  readonly fields: Fields;
  readonly within: string;
  readonly refuse: Refuse;
}

function integer(
  { fields, within, refuse }: Part,
  field: string,
  low = 1,
  high = MAX_SIZE,
): number {
  const value = fields[field];
  if (Number.isInteger(value) && (value as number) >= low && (value as number) <= high) {
    return value as number;
  }
  return refuse(within + field, value, `a whole number from ${low} to ${high}`);
}

function tower(part: Part): TowerConfig {
  const { fields, within, refuse } = part;
  const { layerNormEps: eps, hiddenAct: act } = fields;
  if (typeof eps !== 'number' || !(eps > 0 && eps < 1)) {
    return refuse(`${within}layerNormEps`, eps, 'a number in (0, 1)');
  }
  if (act !== 'quick_gelu' && act !== 'gelu') {
    return refuse(`${within}hiddenAct`, act, 'quick_gelu or gelu');
  }
  const hiddenSize = integer(part, 'hiddenSize');
  const numAttentionHeads = integer(part, 'numAttentionHeads');
  divides(part, 'numAttentionHeads', numAttentionHeads, `hiddenSize ${hiddenSize}`, hiddenSize);
  return {
    hiddenSize,
    intermediateSize: integer(part, 'intermediateSize'),
    numHiddenLayers: integer(part, 'numHiddenLayers', 1, MAX_LAYERS),
    numAttentionHeads,
    layerNormEps: eps,
    hiddenAct: act,
  };
}

function divides({ within, refuse }: Part, field: string, a: number, whole: string, b: number) {
  if (b % a !== 0) refuse(within + field, a, `a divisor of ${whole}`);
}

function textConfig(part: Part): TextConfig {
  const vocabSize = integer(part, 'vocabSize', 2);
  const eosTokenId = integer(part, 'eosTokenId', 0);
  if (eosTokenId >= vocabSize) {
    part.refuse(`${part.within}eosTokenId`, eosTokenId, `below vocabSize ${vocabSize}`);
  }
  return {
    ...tower(part),
    vocabSize,
    maxPositionEmbeddings: integer(part, 'maxPositionEmbeddings', 3),
    bosTokenId: integer(part, 'bosTokenId', 0),
    eosTokenId,
    padTokenId: integer(part, 'padTokenId', 0),
  };
}

function visionConfig(part: Part): VisionConfig {
  const { within, refuse } = part;
  const numChannels = integer(part, 'numChannels');
  if (numChannels !== 3) refuse(`${within}numChannels`, numChannels, '3');
  const imageSize = integer(part, 'imageSize');
  const patchSize = integer(part, 'patchSize', 1, 1024);
  if (patchSize > imageSize) {
    refuse(`${within}patchSize`, patchSize, `at most imageSize ${imageSize}`);
  }
  return { ...tower(part), imageSize, patchSize, numChannels };
}

function extractLayers({ fields, refuse }: Part, depth: number): number[] {
  const { extractLayers: layers } = fields;
  const valid = (layer: unknown) => Number.isInteger(layer) && Number(layer) >= 0;
  if (!Array.isArray(layers) || layers.length === 0 || !layers.every(valid)) {
    return refuse('extractLayers', layers, 'a list of block numbers');
  }
  if (layers.some((layer, i) => layer >= depth || (i > 0 && layer <= layers[i - 1]))) {
    refuse('extractLayers', layers, `increasing block numbers below numHiddenLayers ${depth}`);
  }
  return layers;
}

/**
 * Checks every field of a config from outside.
 * @param refuse throws an error that names the field as spelled here
 */
export function checkConfig(json: unknown, refuse: Refuse): ClipSegConfig {
  if (!isRecord(json)) return refuse('the whole', json, 'an object');
  const root = { fields: json, within: '', refuse };
  const section = (name: string): Part => {
    const fields = json[name];
    if (!isRecord(fields)) return refuse(name, fields, 'an object');
    return { fields, within: `${name}.`, refuse };
  };
  const vision = visionConfig(section('visionConfig'));
  const layers = extractLayers(root, vision.numHiddenLayers);
  const conditionalLayer = integer(root, 'conditionalLayer', 0);
  if (conditionalLayer >= layers.length) {
    refuse('conditionalLayer', conditionalLayer, `below the ${layers.length} extractLayers`);
  }
  const reduceDim = integer(root, 'reduceDim');
  const heads = integer(root, 'decoderNumAttentionHeads');
  divides(root, 'decoderNumAttentionHeads', heads, `reduceDim ${reduceDim}`, reduceDim);
  const { useComplexTransposedConvolution: refined } = json;
  if (typeof refined !== 'boolean') {
    return refuse('useComplexTransposedConvolution', refined, 'true or false');
  }
  if (refined && reduceDim % 2) refuse('reduceDim', reduceDim, 'even');
  if (refined && vision.patchSize % 4) {
    refuse('visionConfig.patchSize', vision.patchSize, 'a multiple of 4');
  }
  return {
    textConfig: textConfig(section('textConfig')),
    visionConfig: vision,
    projectionDim: integer(root, 'projectionDim'),
    extractLayers: layers,
    reduceDim,
    decoderNumAttentionHeads: heads,
    decoderIntermediateSize: integer(root, 'decoderIntermediateSize'),
    conditionalLayer,
    useComplexTransposedConvolution: refined,
  };
}

const camel = (name: string): string => name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase());
const snake = (text: string): string => text.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

const refuseFile: Refuse = (field, value, expected) => {
  const what = `${snake(field)} is ${showValue(value)}, not ${snake(expected)}`;
  throw new ClipSegError('invalid-config', `config.json: ${what}.`);
};

/** Returns the known fields of a section in camelCase; null counts as omitted. */
function section(json: Fields, name: string, fallback: Fields): Fields {
  const fields = name ? (json[name] ?? {}) : json;
  if (!isRecord(fields)) return refuseFile(name, fields, 'an object');
  const known = Object.keys(fallback).map((key) => {
    const given = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return [camel(key), given ?? fallback[key]] as const;
  });
  return Object.fromEntries(known);
}

/**
 * Reads a Hugging Face config.json. Omitted fields get the defaults of transformers.
 * @throws ClipSegError `invalid-config` naming the field
 */
export function parseConfig(json: unknown): ClipSegConfig {
  if (!isRecord(json)) return refuseFile('the whole', json, 'an object');
  const config = {
    ...section(json, '', defaults),
    textConfig: section(json, 'text_config', textDefaults),
    visionConfig: section(json, 'vision_config', visionDefaults),
  };
  return checkConfig(config, refuseFile);
}

/**
 * Returns the position at which CLIP reads the text embedding: that of the first EOS token. Configs
 * with eos_token_id 2 predate a fix in transformers, and mean the largest id.
 */
export function eosPosition(inputIds: readonly number[], { eosTokenId }: TextConfig): number {
  const eos = eosTokenId === 2 ? Math.max(...inputIds) : eosTokenId;
  const position = inputIds.indexOf(eos);
  if (position < 0) {
    throw new ClipSegError(
      'invalid-prompt',
      `The tokens do not contain the end-of-text token ${eos}.`,
    );
  }
  return position;
}
