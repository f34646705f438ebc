import type { Parameter } from '../checkpoint/parameters.js';
import type { Graph, Initializer, Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';

interface Quantized {
  readonly weight: Int8Array;
  readonly scale: Float32Array;
}
type Read<T = Quantized> = (options?: { signal?: AbortSignal }) => Promise<T>;

const bytes = (array: Int8Array | Float32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Quantizes [out, in] to int8 [in, out] with a scale per output, symmetric (no zero point). */
function quantizeColumns(values: Float32Array, out: number, width: number): Quantized {
  const weight = new Int8Array(values.length);
  const scale = new Float32Array(out);
  for (let o = 0; o < out; o++) {
    const row = values.subarray(o * width, (o + 1) * width);
    scale[o] = absMax(row) / 127 || 1;
    const inverse = 1 / scale[o]!;
    for (let i = 0; i < width; i++) weight[i * out + o] = Math.round(row[i]! * inverse);
  }
  return { weight, scale };
}

/** Quantizes [rows, columns] to int8 with a scale per row. */
function quantizeRows(values: Float32Array, rows: number, columns: number): Quantized {
  const weight = new Int8Array(values.length);
  const scale = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * columns, (r + 1) * columns);
    scale[r] = absMax(row) / 127 || 1;
    const inverse = 1 / scale[r]!;
    for (let i = 0; i < columns; i++) weight[r * columns + i] = Math.round(row[i]! * inverse);
  }
  return { weight, scale };
}

function absMax(values: Float32Array): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i]!);
    if (value > max) max = value;
  }
  return max;
}

/** Shares one computation between `readers` calls, e.g. for a weight and its scale. */
export function shared<T>(compute: Read<T>, readers = 2): Read<T> {
  let pending: Promise<T> | undefined;
  let left = readers;
  return (options) => {
    const result = pending ?? compute(options);
    left = left === 1 ? readers : left - 1;
    pending = left === readers ? undefined : result;
    return result;
  };
}

function initializers(
  name: string,
  dims: readonly number[],
  scaleDims: readonly number[],
  read: Read,
): { weight: Initializer; scale: Initializer } {
  const count = dims.reduce((a, b) => a * b, 1);
  const scales = scaleDims.reduce((a, b) => a * b, 1);
  return {
    weight: {
      name: `${name}.int8`,
      type: 'int8',
      dims,
      byteLength: count,
      read: async (options) => bytes((await read(options)).weight),
    },
    scale: {
      name: `${name}.scale`,
      type: 'float32',
      dims: scaleDims,
      byteLength: scales * 4,
      read: async (options) => bytes((await read(options)).scale),
    },
  };
}

/** Multiplies x [..., in] by an 8-bit copy of weight [out, in]. */
export function dynamicInt8(g: Graph, x: Value, parameter: Parameter, bias?: Value): Value {
  const [out, width] = parameter.dims as [number, number];
  const read = shared(async (o) => quantizeColumns(await parameter.read(o), out, width));
  const parts = initializers(parameter.name, [width, out], [out], read);
  return ops.dynamicQuantizeMatMul(g, x, g.weight(parts.weight), g.weight(parts.scale), bias);
}

/** Looks up rows of an 8-bit copy of a table [rows, width], with a scale per row. */
export function int8Rows(g: Graph, indices: Value, parameter: Parameter): Value {
  const [rows, width] = parameter.dims as [number, number];
  const read = shared(async (o) => quantizeRows(await parameter.read(o), rows, width));
  const parts = initializers(parameter.name, [rows, width], [rows, 1], read);
  const quantized = ops.gather(g, g.weight(parts.weight), indices);
  const scale = ops.gather(g, g.weight(parts.scale), indices);
  return ops.mul(g, ops.cast(g, quantized, 'float32'), scale);
}
