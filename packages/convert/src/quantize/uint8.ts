import type { Parameter } from '../checkpoint/parameters.js';
import type { Graph, Initializer, OnnxType, Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import { shared } from './int8.js';

interface Quantized {
  readonly weight: Uint8Array;
  readonly scale: Uint8Array;
  readonly zero: Uint8Array;
}

/** Quantizes [out, in] to uint8 [in, out] with one scale and zero point; 0 stays exact. */
function quantize(values: Float32Array, out: number, width: number): Quantized {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = (high - low) / 255 || 1;
  const zero = Math.round(-low / scale);
  const weight = new Uint8Array(values.length);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < width; i++) {
      const level = Math.round(values[o * width + i]! / scale) + zero;
      weight[i * out + o] = Math.min(level, 255);
    }
  }
  const bytes = new Uint8Array(Float32Array.of(scale).buffer);
  return { weight, scale: bytes, zero: Uint8Array.of(zero) };
}

/**
 * Multiplies x [..., in] by weight [out, in], both in 8 bits with one scale per tensor, with
 * standard ONNX operators, like a linear layer of ONNX Runtime's quantize_dynamic.
 */
export function dynamicUint8(g: Graph, x: Value, parameter: Parameter, bias?: Value): Value {
  const [out, width] = parameter.dims as [number, number];
  const read = shared(async (o) => quantize(await parameter.read(o), out, width), 3);
  const part = (key: keyof Quantized, type: OnnxType, dims: number[], byteLength: number) =>
    g.weight({
      name: `${parameter.name}.${key}`,
      type,
      dims,
      byteLength,
      read: async (options) => (await read(options))[key],
    } satisfies Initializer);
  const weight = part('weight', 'uint8', [width, out], width * out);
  const scale = part('scale', 'float32', [], 4);
  const zero = part('zero', 'uint8', [], 1);
  const [y, yScale, yZero] = ops.dynamicQuantizeLinear(g, x);
  const product = ops.cast(g, ops.matMulInteger(g, y, weight, yZero, zero), 'float32');
  const result = ops.mul(g, product, ops.mul(g, yScale, scale));
  return bias ? ops.add(g, result, bias) : result;
}
