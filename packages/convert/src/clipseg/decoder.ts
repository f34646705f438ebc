import type { ClipSegConfig } from '@clipseg/core/model';
import type { Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import type { Network } from './network.js';
import { postNormLayer } from './transformer.js';

/** FiLM (paper 3.1): the conditional embedding scales and shifts the features of every token. */
function film(net: Network, a: Value, conditional: Value, config: ClipSegConfig): Value {
  const g = net.graph;
  const { reduceDim: d, projectionDim: e } = config;
  const perToken = (name: string) => {
    const vector = net.linear(conditional, `decoder.${name}`, [d, e]); // [P, D]
    return ops.reshape(g, vector, g.int64([-1, 1, d]), ['prompts', 1, d]);
  };
  return ops.add(g, ops.mul(g, perToken('film_mul'), a), perToken('film_add'));
}

/** Upsamples [P, D, h, w] to logits [P, 1, H, W] by transposed convolutions without overlap. */
function upsample(net: Network, x: Value, config: ClipSegConfig): Value {
  const g = net.graph;
  const { reduceDim: d, useComplexTransposedConvolution: refined } = config;
  const patch = config.visionConfig.patchSize;
  const key = 'decoder.transposed_convolution';
  const up = (value: Value, name: string, [from, to, k]: [number, number, number], end: string) => {
    const weight = net.take(`${name}.weight`, [from, to, k, k]);
    return ops.convTranspose(g, value, weight, net.take(`${name}.bias`, [to]), [
      `H${end}`,
      `W${end}`,
    ]);
  };
  if (!refined) return up(x, key, [d, 1, patch], '');
  const [half, quarter] = [d / 2, patch / 4];
  const conv3x3 = ops.conv(
    g,
    x,
    net.take(`${key}.0.weight`, [d, d, 3, 3]),
    net.take(`${key}.0.bias`, [d]),
    { stride: 1, padding: 1, out: ['rows', 'columns'] },
  );
  const middle = up(ops.relu(g, conv3x3), `${key}.2`, [d, half, quarter], ' / 4');
  return up(ops.relu(g, middle), `${key}.4`, [half, 1, quarter], '');
}

/**
 * Builds the decoder: features [1, L, 1 + h*w, D], deepest first, and conditional embeddings [P, E]
 * -> logits [P, H, W]. `grid`, int64 [2], is h and w, which the token count does not determine.
 */
export function decoder(
  net: Network,
  features: Value,
  conditional: Value,
  grid: Value,
  config: ClipSegConfig,
): Value {
  const g = net.graph;
  const d = config.reduceDim;
  let a: Value | undefined;
  for (let i = 0; i < config.extractLayers.length; i++) {
    const activation = ops.gather(g, features, g.int64([i], []), 1); // [1, N, D]
    a = a ? ops.add(g, a, activation) : activation;
    if (i === config.conditionalLayer) a = film(net, a, conditional, config); // [P, N, D]
    a = postNormLayer(net, a, `decoder.layers.${i}`, {
      width: d,
      intermediate: config.decoderIntermediateSize,
      heads: config.decoderNumAttentionHeads,
      eps: config.visionConfig.layerNormEps,
      act: 'relu', // whatever decoder_hidden_act says
    });
  }
  const patches = ops.slice(g, a!, 1, { start: 1, end: 2 ** 31 - 1, size: 'patches' });
  const channelsFirst = ops.transpose(g, patches, [0, 2, 1]); // [P, D, h*w]
  const shape = ops.concat(g, [g.int64([0, d]), grid], 0, 4);
  const map = ops.reshape(g, channelsFirst, shape, ['prompts', d, 'rows', 'columns']);
  const logits = upsample(net, map, config); // [P, 1, H, W]
  return ops.gather(g, logits, g.int64([0], []), 1); // [P, H, W]
}
