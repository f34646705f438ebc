import type { Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import type { Network } from './network.js';

export interface LayerSizes {
  readonly width: number;
  readonly intermediate: number;
  readonly heads: number;
  readonly eps: number;
  readonly act: 'quick_gelu' | 'gelu' | 'relu';
  /** Additive attention mask [1, 1, T, T]. */
  readonly mask?: Value;
  /** Changes the attention if the graph's input `masked` is true. */
  readonly tokenMask?: TokenMask;
}

/** If `masked`, scores * factor + bias before the softmax; factor and bias are [L, N, N]. */
export interface TokenMask {
  readonly masked: Value;
  readonly factor: Value;
  readonly bias: Value;
  /** Index of this layer in L. */
  readonly layer: number;
}

function withMask(net: Network, scores: Value, { mask, tokenMask }: LayerSizes): Value {
  const g = net.graph;
  if (mask) return ops.add(g, scores, mask);
  if (!tokenMask) return scores;
  const index = g.int64([tokenMask.layer]);
  const ofLayer = (all: Value): Value => {
    const layer = ops.cast(g, ops.gather(g, all, index), net.type);
    return { ...layer, dims: [1, ...scores.dims.slice(2)] }; // [1, N, N]
  };
  const factor = ofLayer(tokenMask.factor);
  return ops.add(g, ops.mul(g, scores, factor), ofLayer(tokenMask.bias));
}

function attention(net: Network, q: Value, k: Value, v: Value, sizes: LayerSizes): Value {
  const g = net.graph;
  const { width, heads } = sizes;
  const [batch, tokens] = q.dims as [string, string];
  const split = (x: Value) =>
    ops.reshape(g, x, g.int64([0, -1, heads, width / heads]), [
      batch,
      tokens,
      heads,
      width / heads,
    ]);
  const scale = net.scalar(`scale.${width / heads}`, Math.sqrt(heads / width));
  const qs = ops.transpose(g, split(ops.mul(g, q, scale)), [0, 2, 1, 3]); // [B, heads, N, d]
  const ks = ops.transpose(g, split(k), [0, 2, 3, 1]); // [B, heads, d, N]
  const vs = ops.transpose(g, split(v), [0, 2, 1, 3]); // [B, heads, N, d]
  const scores = ops.matMul(g, qs, ks); // [B, heads, N, N]
  const weights = ops.softmax(g, withMask(net, scores, sizes)); // [B, heads, N, N]
  const attended = ops.transpose(g, ops.matMul(g, weights, vs), [0, 2, 1, 3]); // [B, N, heads, d]
  return ops.reshape(g, attended, g.int64([0, -1, width]), [batch, tokens, width]);
}

function selfAttention(
  net: Network,
  x: Value,
  key: string,
  sizes: LayerSizes,
  norm?: string,
): Value {
  const square = [sizes.width, sizes.width] as const;
  const [q, k, v] = ['q', 'k', 'v'].map((name) => `${key}.self_attn.${name}_proj`) as Names;
  // The fused operator adds the three biases while it splits q, k and v into heads.
  const bias = !net.attentionAddsBias;
  const query = net.linear(x, q, square, { input: norm, bias });
  const keys = net.linear(x, k, square, { input: norm, bias });
  const values = net.linear(x, v, square, { input: norm, output: v, bias });
  const biases = bias ? undefined : ([q, k, v] as const);
  const attended = attend(net, [query, keys, values], biases, sizes); // [B, N, C]
  net.observe(v, attended);
  return net.linear(attended, `${key}.self_attn.out_proj`, square, { input: v });
}

type Names = [q: string, k: string, v: string];

/** @param biases names of q, k and v if their biases have not been added yet */
function attend(
  net: Network,
  [q, k, v]: readonly [Value, Value, Value],
  biases: Readonly<Names> | undefined,
  sizes: LayerSizes,
): Value {
  const { heads, mask, width } = sizes;
  const { tokenMask, ...unmasked } = sizes;
  const bias = biases && net.biases(biases, width);
  const unmaskedAttention = () =>
    net.fused
      ? ops.multiHeadAttention(net.graph, q, k, v, { heads, mask, bias })
      : attention(net, q, k, v, unmasked);
  if (!tokenMask) return unmaskedAttention();
  // The fused operator cannot multiply its scores, so it is used only if nothing is masked.
  const maskedAttention = () => {
    const [qs, ks, vs] = [q, k, v].map((x, i) => (biases ? net.addBias(x, biases[i]!) : x)) as [
      Value,
      Value,
      Value,
    ];
    return attention(net, qs, ks, vs, sizes);
  };
  return ops.ifElse(net.graph, tokenMask.masked, maskedAttention, unmaskedAttention);
}

function mlp(net: Network, x: Value, key: string, sizes: LayerSizes, norm?: string): Value {
  const { width, intermediate, act } = sizes;
  const hidden = net.linear(x, `${key}.mlp.fc1`, [intermediate, width], { input: norm });
  const active = {
    quick_gelu: () => net.quickGelu(hidden),
    gelu: () => ops.gelu(net.graph, hidden),
    relu: () => ops.relu(net.graph, hidden),
  }[act]();
  return net.linear(active, `${key}.mlp.fc2`, [width, intermediate]);
}

/** Block of both CLIP encoders: LayerNorm comes first. */
export function preNormLayer(net: Network, x: Value, key: string, sizes: LayerSizes): Value {
  const [norm1, norm2] = [`${key}.layer_norm1`, `${key}.layer_norm2`];
  const a = net.layerNorm(x, norm1, sizes.eps);
  net.observe(norm1, a);
  const y = ops.add(net.graph, x, selfAttention(net, a, key, sizes, norm1));
  const b = net.layerNorm(y, norm2, sizes.eps);
  net.observe(norm2, b);
  return ops.add(net.graph, y, mlp(net, b, key, sizes, norm2));
}

/** Block of the decoder: LayerNorm comes last, as in torch's TransformerEncoderLayer. */
export function postNormLayer(net: Network, x: Value, key: string, sizes: LayerSizes): Value {
  const y = ops.add(net.graph, x, selfAttention(net, x, key, sizes));
  const a = net.layerNorm(y, `${key}.layer_norm1`, sizes.eps);
  const z = ops.add(net.graph, a, mlp(net, a, key, sizes));
  return net.layerNorm(z, `${key}.layer_norm2`, sizes.eps);
}
