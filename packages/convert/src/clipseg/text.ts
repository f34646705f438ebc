import type { ClipSegConfig } from '@clipseg/core/model';
import type { Parameter } from '../checkpoint/parameters.js';
import type { Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import type { Network } from './network.js';
import { preNormLayer } from './transformer.js';

const KEY = 'clip.text_model';

/** Mask with 0 for tokens to attend to (the token and earlier ones), -1e4 for others. */
function causalMask(length: number): Parameter {
  return {
    name: 'causal_mask',
    dims: [1, 1, length, length],
    read: async () =>
      Float32Array.from({ length: length * length }, (_, i) =>
        i % length > Math.floor(i / length) ? -1e4 : 0,
      ),
  };
}

/**
 * Builds the text encoder: token ids [B, T] -> text embedding [B, E], from the row of EOS. As
 * attention is causal, T may be less than the context length, and tokens after EOS do not matter.
 */
export function textEncoder(
  net: Network,
  inputIds: Value,
  selectEos: (states: Value) => Value,
  config: ClipSegConfig,
): Value {
  const g = net.graph;
  const t = config.textConfig;
  const width = t.hiddenSize;
  const table = `${KEY}.embeddings`;
  const tokens = net.embedding(inputIds, `${table}.token_embedding.weight`, [t.vocabSize, width]);
  const rows = net.take(`${table}.position_embedding.weight`, [t.maxPositionEmbeddings, width]);
  const length = ops.sizeOf(g, inputIds, 1);
  const positions = ops.slice(g, rows, 0, { start: 0, end: length, size: 'length' }); // [T, C]
  let mask = net.weight(causalMask(t.maxPositionEmbeddings));
  for (const axis of [2, 3])
    mask = ops.slice(g, mask, axis, { start: 0, end: length, size: 'length' });
  let x = ops.add(g, tokens, positions); // [B, T, C]
  for (let layer = 0; layer < t.numHiddenLayers; layer++) {
    x = preNormLayer(net, x, `${KEY}.encoder.layers.${layer}`, {
      width,
      intermediate: t.intermediateSize,
      heads: t.numAttentionHeads,
      eps: t.layerNormEps,
      act: t.hiddenAct,
      mask,
    });
  }
  const normed = net.layerNorm(selectEos(x), `${KEY}.final_layer_norm`, t.layerNormEps);
  const shape = [config.projectionDim, width] as const;
  return net.floats().linear(normed, 'clip.text_projection', shape, { bias: false }); // [B, E]
}
