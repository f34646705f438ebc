import { ClipSegError } from '@clipseg/core';
import type { ClipSegConfig } from '@clipseg/core/model';
import { showFirst } from '../files/show-name.js';
import type { Weights } from './weights.js';

// Graphs are built from the sizes in config.json. The shapes of a few tensors confirm each size, so
// that a malicious config, or one of another checkpoint, is refused before anything is built.

const TEXT = 'clip.text_model';
const VISION = 'clip.vision_model';
const UPSAMPLER = 'decoder.transposed_convolution';

/** A field, its value, and the tensor axis that must have this length. */
type SizeCheck = readonly [field: string, value: number, tensor: string, axis: number];

function sizeChecks(config: ClipSegConfig): SizeCheck[] {
  const { textConfig: t, visionConfig: v } = config;
  const grid = 1 + Math.floor(v.imageSize / v.patchSize) ** 2;
  const tokens = `${TEXT}.embeddings.token_embedding.weight`;
  const places = `${TEXT}.embeddings.position_embedding.weight`;
  const patches = `${VISION}.embeddings.patch_embedding.weight`;
  return [
    ['text_config.vocab_size', t.vocabSize, tokens, 0],
    ['text_config.hidden_size', t.hiddenSize, tokens, 1],
    ['text_config.max_position_embeddings', t.maxPositionEmbeddings, places, 0],
    [
      'text_config.intermediate_size',
      t.intermediateSize,
      `${TEXT}.encoder.layers.0.mlp.fc1.weight`,
      0,
    ],
    ['vision_config.hidden_size', v.hiddenSize, patches, 0],
    ['vision_config.patch_size', v.patchSize, patches, 2],
    ['1 + (image_size / patch_size)^2', grid, `${VISION}.embeddings.position_embedding.weight`, 0],
    [
      'vision_config.intermediate_size',
      v.intermediateSize,
      `${VISION}.encoder.layers.0.mlp.fc1.weight`,
      0,
    ],
    ['projection_dim', config.projectionDim, 'clip.visual_projection.weight', 0],
    ['reduce_dim', config.reduceDim, 'decoder.film_mul.weight', 0],
    [
      'decoder_intermediate_size',
      config.decoderIntermediateSize,
      'decoder.layers.0.mlp.fc1.weight',
      0,
    ],
  ];
}

/** A field, its value, and the name prefix of the layers it counts. */
type CountCheck = readonly [field: string, value: number, layers: string];

const countChecks = (config: ClipSegConfig): CountCheck[] => [
  ['text_config.num_hidden_layers', config.textConfig.numHiddenLayers, `${TEXT}.encoder.layers.`],
  [
    'vision_config.num_hidden_layers',
    config.visionConfig.numHiddenLayers,
    `${VISION}.encoder.layers.`,
  ],
  ['the length of extract_layers', config.extractLayers.length, 'decoder.reduces.'],
  ['the length of extract_layers', config.extractLayers.length, 'decoder.layers.'],
];

function countLayers(names: readonly string[], prefix: string): number {
  const seen = new Set<string>();
  for (const name of names) {
    if (name.startsWith(prefix)) seen.add(name.slice(prefix.length).split('.', 1)[0]!);
  }
  return seen.size;
}

/**
 * @throws ClipSegError `invalid-config` naming the fields that the tensors contradict; missing
 *   tensors are not checked here
 */
export function checkConfigAgainst(weights: Weights, config: ClipSegConfig): void {
  const conflicts: string[] = [];
  for (const [field, value, prefix] of countChecks(config)) {
    const count = countLayers(weights.names, prefix);
    if (count > 0 && count !== value) {
      conflicts.push(`${field} is ${value}, the weights have ${count} (${prefix}*)`);
    }
  }
  for (const [field, value, tensor, axis] of sizeChecks(config)) {
    const length = weights.has(tensor) ? weights.get(tensor).shape[axis] : undefined;
    if (length !== undefined && length !== value) {
      conflicts.push(`${field} is ${value}, ${tensor} has ${length}`);
    }
  }
  const refined = weights.has(`${UPSAMPLER}.0.weight`);
  const { useComplexTransposedConvolution: configured } = config;
  if (configured !== refined && (refined || weights.has(`${UPSAMPLER}.weight`))) {
    conflicts.push(
      `use_complex_transposed_convolution is ${configured}, but ${refined} according to the weights`,
    );
  }
  if (conflicts.length === 0) return;
  throw new ClipSegError(
    'invalid-config',
    `config.json does not belong to the weights: ${showFirst(conflicts, '; ')}.`,
  );
}
