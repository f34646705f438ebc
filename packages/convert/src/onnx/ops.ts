import { type Dim, type Graph, type OnnxType, shapeError, type Value } from './graph.js';

// One function per operator. Each checks the shapes of its operands when the graph is built, so
// that a message can name the place, and returns a value with the shape of the result.

const microsoft = { domain: 'com.microsoft' };
const show = (value: Value): string => `${value.name} [${value.dims.join(', ')}]`;
const one = (values: Value[]): Value => values[0]!;

function require(graph: Graph, op: string, ok: boolean, ...values: Value[]): void {
  if (!ok) throw shapeError(graph, op, `shapes do not match: ${values.map(show).join(' and ')}`);
}

const last = (value: Value): Dim | undefined => value.dims.at(-1);

function broadcast(g: Graph, op: string, a: Value, b: Value): Dim[] {
  const rank = Math.max(a.dims.length, b.dims.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a.dims[i - rank + a.dims.length] ?? 1;
    const y = b.dims[i - rank + b.dims.length] ?? 1;
    require(g, op, x === y || x === 1 || y === 1, a, b);
    return x === 1 ? y : x;
  });
}

function elementwise(op: string) {
  return (g: Graph, a: Value, b: Value): Value => {
    require(g, op, a.type === b.type, a, b);
    return one(g.node(op, [a, b], [{ type: a.type, dims: broadcast(g, op, a, b) }]));
  };
}
export const add = elementwise('Add');
export const mul = elementwise('Mul');

function unary(op: string) {
  return (g: Graph, x: Value): Value => one(g.node(op, [x], [x]));
}
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const abs = unary('Abs');

export function cast(g: Graph, x: Value, type: OnnxType): Value {
  if (x.type === type) return x;
  const to = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 }[type];
  return one(g.node('Cast', [x], [{ type, dims: x.dims }], { attributes: { to } }));
}

export function matMul(g: Graph, a: Value, b: Value): Value {
  const fits = last(a) === b.dims.at(-2) && a.type === b.type;
  require(g, 'MatMul', fits, a, b);
  const batch = broadcast(
    g,
    'MatMul',
    { ...a, dims: a.dims.slice(0, -2) },
    { ...b, dims: b.dims.slice(0, -2) },
  );
  const dims = [...batch, a.dims.at(-2)!, last(b)!];
  return one(g.node('MatMul', [a, b], [{ type: a.type, dims }]));
}

/** Multiplies activations, quantized per tensor at run time, by 8-bit weights scaled per output. */
export function dynamicQuantizeMatMul(
  g: Graph,
  x: Value,
  weight: Value,
  scale: Value,
  bias?: Value,
): Value {
  const op = 'DynamicQuantizeMatMul';
  require(g, op, last(x) === weight.dims[0] && last(weight) === last(scale), x, weight, scale);
  const dims = [...x.dims.slice(0, -1), last(weight)!];
  const inputs = [x, weight, scale, undefined, bias];
  return one(g.node(op, inputs, [{ type: x.type, dims }], microsoft));
}

/** Quantizes x to uint8 at run time, with the scale and zero point of its range. */
export function dynamicQuantizeLinear(g: Graph, x: Value): [y: Value, scale: Value, zero: Value] {
  const outputs = [
    { type: 'uint8', dims: x.dims },
    { type: 'float32', dims: [] },
    { type: 'uint8', dims: [] },
  ] as const;
  return g.node('DynamicQuantizeLinear', [x], outputs) as [Value, Value, Value];
}

/** Multiplies (a - aZero) by (b - bZero) in int32. */
export function matMulInteger(g: Graph, a: Value, b: Value, aZero: Value, bZero: Value): Value {
  require(g, 'MatMulInteger', last(a) === b.dims.at(-2) && b.dims.length === 2, a, b);
  const dims = [...a.dims.slice(0, -1), last(b)!];
  return one(g.node('MatMulInteger', [a, b, aZero, bZero], [{ type: 'int32', dims }]));
}

/** Multiplies by 8-bit weights in blocks along K; quantizes activations per token and block. */
export function matMulNBits(
  g: Graph,
  x: Value,
  weight: Value,
  scales: Value,
  size: { k: number; n: number; blockSize: number },
  bias?: Value,
): Value {
  require(g, 'MatMulNBits', last(x) === size.k && weight.dims[0] === size.n, x, weight);
  const dims = [...x.dims.slice(0, -1), size.n];
  const attributes = {
    K: size.k,
    N: size.n,
    bits: 8,
    block_size: size.blockSize,
    accuracy_level: 4,
  };
  const inputs = [x, weight, scales, undefined, undefined, bias];
  return one(g.node('MatMulNBits', inputs, [{ type: x.type, dims }], { attributes, ...microsoft }));
}

export function layerNormalization(
  g: Graph,
  x: Value,
  scale: Value,
  bias: Value,
  epsilon: number,
): Value {
  const fits = last(x) === last(scale) && last(x) === last(bias);
  require(g, 'LayerNormalization', fits, x, scale, bias);
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  return one(g.node('LayerNormalization', [x, scale, bias], [x], { attributes }));
}

/**
 * Computes softmax(q k^T / sqrt(C / heads) + mask) v per head; q, k, v and the result are [B, N,
 * C]. `bias` [3C] is the concatenated biases of q, k and v.
 */
export function multiHeadAttention(
  g: Graph,
  q: Value,
  k: Value,
  v: Value,
  { heads, mask, bias }: { heads: number; mask?: Value; bias?: Value },
): Value {
  const fits = Number(last(q)) % heads === 0 && q.dims.join() === k.dims.join();
  require(g, 'MultiHeadAttention', fits && k.dims.join() === v.dims.join(), q, k, v);
  if (bias) require(g, 'MultiHeadAttention', bias.dims[0] === 3 * Number(last(q)), q, bias);
  const inputs = [q, k, v, bias, undefined, mask];
  const options = { attributes: { num_heads: heads }, ...microsoft };
  return one(g.node('MultiHeadAttention', inputs, [q], options));
}

export function quickGelu(g: Graph, x: Value): Value {
  const attributes = { alpha: { float: 1.702 } };
  return one(g.node('QuickGelu', [x], [x], { attributes, ...microsoft }));
}

export const gelu = (g: Graph, x: Value): Value => one(g.node('Gelu', [x], [x], microsoft));

export function softmax(g: Graph, x: Value): Value {
  return one(g.node('Softmax', [x], [x], { attributes: { axis: -1 } }));
}

/** Computes one of two values of the same shape. `condition` is bool [1]. */
export function ifElse(
  g: Graph,
  condition: Value,
  whenTrue: () => Value,
  whenFalse: () => Value,
): Value {
  const then = g.branch('then', whenTrue);
  const other = g.branch('else', whenFalse);
  const fits = then.output.type === other.output.type;
  const same = then.output.dims.join() === other.output.dims.join();
  require(g, 'If', condition.type === 'bool' && fits && same, condition, then.output, other.output);
  const attributes = { then_branch: then, else_branch: other };
  return one(g.node('If', [condition], [then.output], { attributes }));
}

/** x [B, I, H, W], weight [O, I, K, K] -> [B, O, ...rows and columns as named]. */
export function conv(
  g: Graph,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  options: { stride: number; padding: number; out: readonly [Dim, Dim] },
): Value {
  require(g, 'Conv', x.dims.length === 4 && x.dims[1] === weight.dims[1], x, weight);
  if (bias) require(g, 'Conv', last(bias) === weight.dims[0], weight, bias);
  const dims = [x.dims[0]!, weight.dims[0]!, ...options.out];
  const { stride, padding } = options;
  const attributes = {
    kernel_shape: weight.dims.slice(2) as number[],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  };
  return one(g.node('Conv', [x, weight, bias], [{ type: x.type, dims }], { attributes }));
}

/** x [B, I, h, w], weight [I, O, K, K], stride K: each pixel becomes a K x K patch. */
export function convTranspose(
  g: Graph,
  x: Value,
  weight: Value,
  bias: Value,
  out: readonly [Dim, Dim],
): Value {
  require(g, 'ConvTranspose', x.dims.length === 4 && x.dims[1] === weight.dims[0], x, weight);
  require(g, 'ConvTranspose', last(bias) === weight.dims[1], weight, bias);
  const kernel = weight.dims.slice(2) as number[];
  const dims = [x.dims[0]!, weight.dims[1]!, ...out];
  const attributes = { kernel_shape: kernel, strides: kernel };
  return one(g.node('ConvTranspose', [x, weight, bias], [{ type: x.type, dims }], { attributes }));
}

/** `shape` is the operand of ONNX (0 keeps a dimension, -1 infers one); `dims` is the result. */
export function reshape(g: Graph, x: Value, shape: Value, dims: readonly Dim[]): Value {
  const count = (list: readonly Dim[]) => list.reduce<number>((n, d) => n * Number(d), 1);
  const known = [...x.dims, ...dims].every((dim) => typeof dim === 'number');
  require(g, 'Reshape', !known || count(x.dims) === count(dims), x);
  return one(g.node('Reshape', [x, shape], [{ type: x.type, dims }]));
}

export function transpose(g: Graph, x: Value, perm: readonly number[]): Value {
  require(g, 'Transpose', perm.length === x.dims.length, x);
  const dims = perm.map((axis) => x.dims[axis]!);
  return one(g.node('Transpose', [x], [{ type: x.type, dims }], { attributes: { perm } }));
}

export function concat(g: Graph, values: readonly Value[], axis: number, size: Dim): Value {
  const first = values[0]!;
  const fits = ({ type, dims }: Value) =>
    type === first.type &&
    dims.length === first.dims.length &&
    dims.every((dim, i) => i === axis || dim === first.dims[i]);
  require(g, 'Concat', values.every(fits), ...values);
  const dims = first.dims.map((dim, i) => (i === axis ? size : dim));
  return one(g.node('Concat', values, [{ type: first.type, dims }], { attributes: { axis } }));
}

export function expand(g: Graph, x: Value, shape: Value, dims: readonly Dim[]): Value {
  return one(g.node('Expand', [x, shape], [{ type: x.type, dims }]));
}

export function gather(g: Graph, x: Value, indices: Value, axis = 0): Value {
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
  return one(g.node('Gather', [x, indices], [{ type: x.type, dims }], { attributes: { axis } }));
}

/** x [B, T, C], one position per row [B, 1] -> [B, C]. */
export function gatherRows(g: Graph, x: Value, positions: Value): Value {
  const dims = [x.dims[0]!, last(x)!];
  const attributes = { batch_dims: 1 };
  return one(g.node('GatherND', [x, positions], [{ type: x.type, dims }], { attributes }));
}

/** Entries `start` to `end` (not included) of one axis. */
export function slice(
  g: Graph,
  x: Value,
  axis: number,
  range: { start: number; end: Value | number; size: Dim },
): Value {
  const end = typeof range.end === 'number' ? g.int64([range.end]) : range.end;
  const dims = x.dims.map((dim, i) => (i === axis ? range.size : dim));
  const inputs = [x, g.int64([range.start]), end, g.int64([axis])];
  return one(g.node('Slice', inputs, [{ type: x.type, dims }]));
}

/** A dimension of x as int64 [1]. */
export function sizeOf(g: Graph, x: Value, axis: number): Value {
  const attributes = { start: axis, end: axis + 1 };
  return one(g.node('Shape', [x], [{ type: 'int64', dims: [1] }], { attributes }));
}

/** Maximum over all axes but the last. */
export function reduceMaxToLast(g: Graph, x: Value): Value {
  const axes = x.dims.slice(0, -1).map((_, i) => i);
  const attributes = { axes, keepdims: 0 };
  return one(g.node('ReduceMax', [x], [{ type: x.type, dims: [last(x)!] }], { attributes }));
}

export function equal(g: Graph, a: Value, b: Value): Value {
  return one(g.node('Equal', [a, b], [{ type: 'bool', dims: broadcast(g, 'Equal', a, b) }]));
}

/** Index of the first maximum along the last axis, which becomes 1. */
export function argMax(g: Graph, x: Value): Value {
  const dims = [...x.dims.slice(0, -1), 1];
  const attributes = { axis: -1, keepdims: 1 };
  return one(g.node('ArgMax', [x], [{ type: 'int64', dims }], { attributes }));
}
