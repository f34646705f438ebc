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
}

function attention(net: Network, q: Value, k: Value, v: Value, sizes: LayerSizes): Value {
  const g = net.graph;
  const { width, heads, mask } = sizes;
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
  const weights = ops.softmax(g, mask ? ops.add(g, scores, mask) : scores);
  const heard = ops.transpose(g, ops.matMul(g, weights, vs), [0, 2, 1, 3]); // [B, N, heads, d]
  return ops.reshape(g, heard, g.int64([0, -1, width]), [batch, tokens, width]);
}

type Names = [q: string, k: string, v: string];

function selfAttention(
  net: Network,
  x: Value,
  key: string,
  sizes: LayerSizes,
  norm?: string,
): Value {
  const square = [sizes.width, sizes.width] as const;
  const [q, k, v] = ['q', 'k', 'v'].map((name) => `${key}.self_attn.${name}_proj`) as Names;
  // The fused operator adds the three biases while it sorts q, k and v by heads: no pass of their own.
  const bias = !net.attentionAddsBias;
  const query = net.linear(x, q, square, { input: norm, bias });
  const keys = net.linear(x, k, square, { input: norm, bias });
  const values = net.linear(x, v, square, { input: norm, output: v, bias });
  const { heads, mask } = sizes;
  const options = { heads, mask, bias: bias ? undefined : net.biases([q, k, v], sizes.width) };
  const heard = net.fused
    ? ops.multiHeadAttention(net.graph, query, keys, values, options)
    : attention(net, query, keys, values, sizes); // [B, N, C]
  net.observe(v, heard);
  return net.linear(heard, `${key}.self_attn.out_proj`, square, { input: v });
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

/** CLIP's block: LayerNorm first, in both towers. */
export function preNormLayer(net: Network, x: Value, key: string, sizes: LayerSizes): Value {
  const [norm1, norm2] = [`${key}.layer_norm1`, `${key}.layer_norm2`];
  const a = net.layerNorm(x, norm1, sizes.eps);
  net.observe(norm1, a);
  const heard = ops.add(net.graph, x, selfAttention(net, a, key, sizes, norm1));
  const b = net.layerNorm(heard, norm2, sizes.eps);
  net.observe(norm2, b);
  return ops.add(net.graph, heard, mlp(net, b, key, sizes, norm2));
}

/** The decoder's block: LayerNorm last, as in torch's TransformerEncoderLayer. */
export function postNormLayer(net: Network, x: Value, key: string, sizes: LayerSizes): Value {
  const heard = ops.add(net.graph, x, selfAttention(net, x, key, sizes));
  const a = net.layerNorm(heard, `${key}.layer_norm1`, sizes.eps);
  const thought = ops.add(net.graph, a, mlp(net, a, key, sizes));
  return net.layerNorm(thought, `${key}.layer_norm2`, sizes.eps);
}
