import type { ClipSegConfig } from '@clipseg/core/model';
import type { Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import type { Network } from './network.js';
import { type LayerSizes, preNormLayer, type TokenMask } from './transformer.js';

const KEY = 'clip.vision_model';

const sizesOf = ({ visionConfig: v }: ClipSegConfig): LayerSizes => ({
  width: v.hiddenSize,
  intermediate: v.intermediateSize,
  heads: v.numAttentionHeads,
  eps: v.layerNormEps,
  act: v.hiddenAct,
});

/** Last block of the vision encoder graph: the decoder reads none above it. */
export const lastMaskLayer = (config: ClipSegConfig): number => Math.max(...config.extractLayers);

export type TokenMaskInputs = Omit<TokenMask, 'layer'>;

const block = (net: Network, x: Value, layer: number, config: ClipSegConfig, mask?: TokenMask) =>
  preNormLayer(net, x, `${KEY}.encoder.layers.${layer}`, { ...sizesOf(config), tokenMask: mask });

/** Embeds [B, 3, H, W] as a class token and patches, with positions [B, 1 + h*w, C]. */
function embed(net: Network, pixels: Value, positions: Value, config: ClipSegConfig): Value {
  const g = net.graph;
  const { hiddenSize: width, patchSize: patch, numChannels } = config.visionConfig;
  const kernel = [width, numChannels, patch, patch];
  const weight = net.take(`${KEY}.embeddings.patch_embedding.weight`, kernel);
  // ONNX Runtime's WebGPU provider (1.30) refuses a convolution without a bias, so it is zero.
  const zeros = { name: 'zeros', dims: [width], read: async () => new Float32Array(width) };
  const grid = ops.conv(g, pixels, weight, net.weight(zeros), {
    stride: patch,
    padding: 0,
    out: ['rows', 'columns'],
  }); // [B, C, h, w]
  const flat = ops.reshape(g, grid, g.int64([0, width, -1]), ['batch', width, 'patches']);
  const patches = ops.transpose(g, flat, [0, 2, 1]); // [B, h*w, C]
  const parameter = net.parameters.take(`${KEY}.embeddings.class_embedding`, [width]);
  const row = net.weight({ ...parameter, dims: [1, 1, width] });
  const shape = ops.concat(g, [ops.sizeOf(g, pixels, 0), g.int64([1, width])], 0, 3);
  const classToken = ops.expand(g, row, shape, ['batch', 1, width]);
  const tokens = positions.dims[1]!;
  return ops.add(g, ops.concat(g, [classToken, patches], 1, tokens), positions);
}

/**
 * Builds the vision encoder. `features` are the decoder's inputs, deepest layer first, already
 * reduced, as `reduces` do not depend on the prompt; the vision head continues from
 * `lastHiddenState`.
 */
export function visionEncoder(
  net: Network,
  pixels: Value,
  positions: Value,
  config: ClipSegConfig,
  tokenMask?: TokenMaskInputs,
): { features: Value; lastHiddenState: Value } {
  const g = net.graph;
  const { hiddenSize: width, layerNormEps: eps } = config.visionConfig;
  const embedded = embed(net, pixels, positions, config);
  let x = net.layerNorm(embedded, `${KEY}.pre_layrnorm`, eps); // sic, in the checkpoints
  const states: Value[] = [];
  for (let layer = 0; layer <= lastMaskLayer(config); layer++) {
    x = block(net, x, layer, config, tokenMask && { ...tokenMask, layer });
    states.push(x);
  }
  const activations = config.extractLayers.map((layer) => states[layer]!);
  const d = config.reduceDim;
  // The decoder's layers are small and are never quantized.
  const reduced = activations.reverse().map((activation, i) => {
    const a = net.floats().linear(activation, `decoder.reduces.${i}`, [d, width]); // [B, N, D]
    return ops.reshape(g, a, g.int64([0, 1, -1, d]), ['batch', 1, 'tokens', d]);
  });
  const features = ops.concat(g, reduced, 1, reduced.length); // [B, L, N, D]
  return { features, lastHiddenState: x };
}

/** Builds the remaining blocks, post_layernorm and projection of CLS: an image embedding [B, E]. */
export function visionHead(
  net: Network,
  lastHiddenState: Value,
  config: ClipSegConfig,
  tokenMask: TokenMaskInputs,
): Value {
  const g = net.graph;
  const { hiddenSize: width, layerNormEps: eps, numHiddenLayers } = config.visionConfig;
  let x = lastHiddenState;
  const first = lastMaskLayer(config) + 1;
  for (let layer = first; layer < numHiddenLayers; layer++) {
    x = block(net, x, layer, config, { ...tokenMask, layer: layer - first });
  }
  const cls = ops.gather(g, x, g.int64([0], []), 1); // [B, C]
  const normed = net.layerNorm(cls, `${KEY}.post_layernorm`, eps);
  const shape = [config.projectionDim, width] as const;
  return net.floats().linear(normed, 'clip.visual_projection', shape, { bias: false });
}
