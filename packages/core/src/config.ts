import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';

/** A transformer tower's sizes, Hugging Face's fields in camelCase. */
export interface TowerConfig {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly layerNormEps: number;
  readonly hiddenAct: 'quick_gelu' | 'gelu';
}
export interface TextConfig extends TowerConfig {
  readonly vocabSize: number;
  /** The context length: 77 tokens, the start and end tokens among them. */
  readonly maxPositionEmbeddings: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  readonly padTokenId: number;
}
export interface VisionConfig extends TowerConfig {
  readonly imageSize: number;
  readonly patchSize: number;
  readonly numChannels: number;
}
/** config.json of a CLIPSeg checkpoint (transformers' configuration_clipseg.py). */
export interface ClipSegConfig {
  readonly textConfig: TextConfig;
  readonly visionConfig: VisionConfig;
  readonly projectionDim: number;
  /** Vision blocks whose outputs the decoder reads, counted from 0. */
  readonly extractLayers: readonly number[];
  readonly reduceDim: number;
  readonly decoderNumAttentionHeads: number;
  readonly decoderIntermediateSize: number;
  /** The decoder block before which the prompt comes in; 0 is the deepest. */
  readonly conditionalLayer: number;
  readonly useComplexTransposedConvolution: boolean;
}

// The library's defaults, which a config.json may omit.
const towerDefaults = { num_hidden_layers: 12, layer_norm_eps: 1e-5, hidden_act: 'quick_gelu' };
const textDefaults = {
  ...towerDefaults,
  ...{ vocab_size: 49408, hidden_size: 512, intermediate_size: 2048, num_attention_heads: 8 },
  ...{ max_position_embeddings: 77, bos_token_id: 49406, eos_token_id: 49407, pad_token_id: 1 },
};
const visionDefaults = {
  ...towerDefaults,
  ...{ hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12 },
  ...{ image_size: 224, patch_size: 32, num_channels: 3 },
};
const defaults = {
  ...{ projection_dim: 512, extract_layers: [3, 6, 9], reduce_dim: 64, conditional_layer: 0 },
  ...{ decoder_num_attention_heads: 4, decoder_intermediate_size: 2048 },
  use_complex_transposed_convolution: false,
};

// Far above any CLIP; keeps a hostile file from asking for terabytes.
const MAX_SIZE = 1 << 20;

type Fields = Readonly<Record<string, unknown>>;

function fail(field: string, value: unknown, expected: string): never {
  const shown = JSON.stringify(value)?.slice(0, 60) ?? String(value);
  throw new ClipSegError('invalid-config', `config.json: ${field} is ${shown}, not ${expected}.`);
}

function integer(fields: Fields, field: string, low = 1): number {
  const value = fields[field];
  if (Number.isInteger(value) && (value as number) >= low && (value as number) <= MAX_SIZE) {
    return value as number;
  }
  return fail(field, value, `a whole number from ${low} to ${MAX_SIZE}`);
}

function tower(fields: Fields): TowerConfig {
  const eps = fields.layer_norm_eps;
  const act = fields.hidden_act;
  if (typeof eps !== 'number' || !(eps > 0 && eps < 1)) fail('layer_norm_eps', eps, 'in (0, 1)');
  if (act !== 'quick_gelu' && act !== 'gelu') fail('hidden_act', act, 'quick_gelu or gelu');
  const hiddenSize = integer(fields, 'hidden_size');
  const numAttentionHeads = integer(fields, 'num_attention_heads');
  divides('num_attention_heads', numAttentionHeads, 'hidden_size', hiddenSize);
  return {
    hiddenSize,
    intermediateSize: integer(fields, 'intermediate_size'),
    numHiddenLayers: integer(fields, 'num_hidden_layers'),
    numAttentionHeads,
    layerNormEps: eps,
    hiddenAct: act,
  };
}

function divides(part: string, a: number, whole: string, b: number): void {
  if (b % a !== 0) fail(part, a, `a divisor of ${whole} ${b}`);
}

function textConfig(fields: Fields): TextConfig {
  return {
    ...tower(fields),
    vocabSize: integer(fields, 'vocab_size', 2),
    maxPositionEmbeddings: integer(fields, 'max_position_embeddings', 3),
    bosTokenId: integer(fields, 'bos_token_id', 0),
    eosTokenId: integer(fields, 'eos_token_id', 0),
    padTokenId: integer(fields, 'pad_token_id', 0),
  };
}

function visionConfig(fields: Fields): VisionConfig {
  const numChannels = integer(fields, 'num_channels');
  if (numChannels !== 3) fail('vision_config.num_channels', numChannels, '3');
  const imageSize = integer(fields, 'image_size');
  const patchSize = integer(fields, 'patch_size');
  if (patchSize > imageSize) fail('patch_size', patchSize, `at most image_size ${imageSize}`);
  return { ...tower(fields), imageSize, patchSize, numChannels };
}

function extractLayers(fields: Fields, depth: number): number[] {
  const layers = fields.extract_layers;
  const valid = (layer: unknown) => Number.isInteger(layer) && Number(layer) >= 0;
  if (!Array.isArray(layers) || layers.length === 0 || !layers.every(valid)) {
    return fail('extract_layers', layers, 'a list of block numbers');
  }
  if (layers.some((layer, i) => layer >= depth || (i > 0 && layer <= layers[i - 1]))) {
    fail('extract_layers', layers, `increasing block numbers below num_hidden_layers ${depth}`);
  }
  return layers;
}

function section(json: Fields, name: string, fallback: Fields): Fields {
  const fields = json[name] ?? {};
  if (!isRecord(fields)) return fail(name, fields, 'an object');
  const given = Object.entries(fields).filter(([, value]) => value !== null);
  return { ...fallback, ...Object.fromEntries(given) };
}

/**
 * Reads a Hugging Face config.json. Omitted fields take the library's defaults.
 * @throws ClipSegError `invalid-config` naming the field
 */
export function parseConfig(json: unknown): ClipSegConfig {
  if (!isRecord(json)) fail('the whole', json, 'an object');
  const fields = section({ root: json }, 'root', defaults);
  const vision = visionConfig(section(json, 'vision_config', visionDefaults));
  const layers = extractLayers(fields, vision.numHiddenLayers);
  const conditionalLayer = integer(fields, 'conditional_layer', 0);
  if (conditionalLayer >= layers.length) {
    fail('conditional_layer', conditionalLayer, `below the ${layers.length} extract_layers`);
  }
  const reduceDim = integer(fields, 'reduce_dim');
  const heads = integer(fields, 'decoder_num_attention_heads');
  divides('decoder_num_attention_heads', heads, 'reduce_dim', reduceDim);
  const refined = fields.use_complex_transposed_convolution;
  if (typeof refined !== 'boolean') {
    fail('use_complex_transposed_convolution', refined, 'true or false');
  }
  if (refined) {
    divides('2', 2, 'reduce_dim', reduceDim);
    divides('4', 4, 'vision_config.patch_size', vision.patchSize);
  }
  return {
    textConfig: textConfig(section(json, 'text_config', textDefaults)),
    visionConfig: vision,
    projectionDim: integer(fields, 'projection_dim'),
    extractLayers: layers,
    reduceDim,
    decoderNumAttentionHeads: heads,
    decoderIntermediateSize: integer(fields, 'decoder_intermediate_size'),
    conditionalLayer,
    useComplexTransposedConvolution: refined as boolean,
  };
}

/**
 * Where CLIP reads the text embedding: configs with eos_token_id 2 predate the fix in transformers
 * and mean the largest id; others the first EOS.
 */
export function eosPosition(inputIds: readonly number[], { eosTokenId }: TextConfig): number {
  const eos = eosTokenId === 2 ? Math.max(...inputIds) : eosTokenId;
  const position = inputIds.indexOf(eos);
  if (position < 0) {
    throw new ClipSegError('invalid-prompt', `The tokens hold no end-of-text token ${eos}.`);
  }
  return position;
}
