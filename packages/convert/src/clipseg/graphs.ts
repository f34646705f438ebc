import { type ClipSegConfig, type GraphName, graphStems } from '@clipseg/core/model';
import type { Parameter, Parameters } from '../checkpoint/parameters.js';
import { Graph, type Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import { decoder } from './decoder.js';
import { Network, type NetworkOptions } from './network.js';
import { textEncoder } from './text.js';
import { type TokenMaskInputs, visionEncoder, visionHead } from './vision.js';

type Build = (parameters: Parameters, config: ClipSegConfig, options?: NetworkOptions) => Graph;

/** Inputs and outputs of graphs are float32, also if they compute in float16. */
const enter = (net: Network, x: Value): Value => ops.cast(net.graph, x, net.type);
const leave = (net: Network, name: string, x: Value): void =>
  net.graph.output(name, ops.cast(net.graph, x, 'float32'));

/** Inputs for masking tokens of a support (docs/convert.md); zeros [1, 1, 1] if not `masked`. */
function tokenMaskInputs({ graph }: Network): TokenMaskInputs {
  const dims = ['mask_layers', 'mask_queries', 'mask_keys'];
  return {
    masked: graph.input('masked', 'bool', [1]),
    factor: graph.input('attention_factor', 'float32', dims),
    bias: graph.input('attention_bias', 'float32', dims),
  };
}

const buildVisionEncoder: Build = (parameters, config, options) => {
  const net = new Network(new Graph(graphStems.visionEncoder), parameters, options);
  const width = config.visionConfig.hiddenSize;
  const pixels = net.graph.input('pixel_values', 'float32', ['batch', 3, 'height', 'width']);
  const positions = net.graph.input('position_embedding', 'float32', [1, 'tokens', width]);
  const mask = tokenMaskInputs(net);
  const result = visionEncoder(net, enter(net, pixels), enter(net, positions), config, mask);
  leave(net, 'features', result.features);
  leave(net, 'last_hidden_state', result.lastHiddenState);
  return net.graph;
};

const buildVisionHead: Build = (parameters, config, options) => {
  const net = new Network(new Graph(graphStems.visionHead), parameters, options);
  const width = config.visionConfig.hiddenSize;
  const state = net.graph.input('last_hidden_state', 'float32', ['batch', 'tokens', width]);
  const mask = tokenMaskInputs(net);
  leave(net, 'image_embedding', visionHead(net, enter(net, state), config, mask));
  return net.graph;
};

const buildTextEncoder: Build = (parameters, config, options) => {
  const net = new Network(new Graph(graphStems.textEncoder), parameters, options);
  const g = net.graph;
  const inputIds = g.input('input_ids', 'int32', ['batch', 'length']);
  const eosRows = g.input('eos_rows', 'int32', ['batch']);
  const width = config.textConfig.hiddenSize;
  const selectEos = (x: Value) =>
    ops.gather(g, ops.reshape(g, x, g.int64([-1, width]), ['rows', width]), eosRows);
  leave(net, 'text_embedding', textEncoder(net, inputIds, selectEos, config));
  return g;
};

const buildDecoder: Build = (parameters, config, options) => {
  const net = new Network(new Graph(graphStems.decoder), parameters, options);
  const { reduceDim, projectionDim, extractLayers } = config;
  const dims = [1, extractLayers.length, 'tokens', reduceDim];
  const features = net.graph.input('features', 'float32', dims);
  const embeddings = ['prompts', projectionDim];
  const conditional = net.graph.input('conditional_embedding', 'float32', embeddings);
  const grid = net.graph.input('grid', 'int64', [2]);
  leave(net, 'logits', decoder(net, features, conditional, grid, config));
  return net.graph;
};

export const builders: Readonly<Record<GraphName, Build>> = {
  visionEncoder: buildVisionEncoder,
  visionHead: buildVisionHead,
  textEncoder: buildTextEncoder,
  decoder: buildDecoder,
};

/**
 * Builds the graph that transformers.js loads: input_ids, attention_mask, pixel_values -> logits.
 */
export function buildSingle(
  parameters: Parameters,
  config: ClipSegConfig,
  positions: { readonly grid: readonly [number, number]; readonly embedding: Parameter },
  options?: NetworkOptions,
): Graph {
  const g = new Graph('clipseg');
  const net = new Network(g, parameters, options);
  const { eosTokenId } = config.textConfig;
  const inputIds = g.input('input_ids', 'int64', ['prompts', 'length']);
  g.input('attention_mask', 'int64', ['prompts', 'length']); // unused: causal, padding last
  const [rows, columns] = positions.grid;
  const patch = config.visionConfig.patchSize;
  const dims = ['batch', 3, rows * patch, columns * patch];
  const pixels = g.input('pixel_values', 'float32', dims);
  const isEos = () => ops.cast(g, ops.equal(g, inputIds, g.int64([eosTokenId])), 'int32');
  const position = ops.argMax(g, eosTokenId === 2 ? inputIds : isEos()); // [P, 1]
  const conditional = textEncoder(net, inputIds, (x) => ops.gatherRows(g, x, position), config);
  const table = net.weight(positions.embedding);
  const encoded = visionEncoder(net, enter(net, pixels), table, config).features;
  // The shapes broadcast with one image for all prompts or one for each.
  const features = { ...encoded, dims: [1, ...encoded.dims.slice(1)] };
  const floats = net.floats();
  leave(net, 'logits', decoder(floats, features, conditional, g.int64([rows, columns]), config));
  return g;
}
