import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Graph, type Value } from './graph.js';
import * as ops from './ops.js';
import { encodeModel } from './write-model.js';

const weight = (g: Graph, name: string, dims: number[], values: number[]): Value => {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  const read = async () => bytes;
  return g.weight({ name, type: 'float32', dims, byteLength: bytes.length, read });
};
async function bytesOf(g: Graph): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeModel(g)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('the graph builder', () => {
  const g = new Graph('test');
  const x = g.input('x', 'float32', ['batch', 4, 6]);
  const y = g.input('y', 'float32', ['batch', 5, 7]);
  const ints = g.input('ints', 'int32', ['batch', 4, 6]);

  it.each([
    ['Add', () => ops.add(g, x, y)],
    ['Add', () => ops.add(g, x, ints)],
    ['MatMul', () => ops.matMul(g, x, y)],
    ['LayerNormalization', () => ops.layerNormalization(g, x, w([5]), w([6]), 1e-5)],
    ['MultiHeadAttention', () => ops.multiHeadAttention(g, x, x, x, { heads: 4 })],
    ['MultiHeadAttention', () => ops.multiHeadAttention(g, x, y, x, { heads: 2 })],
    ['Conv', () => conv([8, 4, 3, 3])],
    ['ConvTranspose', () => ops.convTranspose(g, x, w([6, 4, 2, 2]), w([4]), ['H', 'W'])],
    ['Transpose', () => ops.transpose(g, x, [0, 1])],
    ['Reshape', () => ops.reshape(g, w([2, 3]), g.int64([7]), [7])],
    ['DynamicQuantizeMatMul', () => ops.dynamicQuantizeMatMul(g, x, w([5, 2]), w([2]))],
    ['MatMulInteger', () => ops.matMulInteger(g, x, w([5, 2]), w([1]), w([1]))],
    ['Initializer', () => g.weight({ ...init, byteLength: 3 })],
  ])('%s refuses shapes that do not fit, and says where', (op, build) => {
    expect(build).toThrow(new RegExp(`Graph test, ${op}: `));
  });

  let count = 0;
  const w = (dims: number[]) => {
    const values = new Array(dims.reduce((a, b) => a * b, 1)).fill(0);
    return weight(g, `w${count++}`, dims, values);
  };
  const conv = (dims: number[]) => {
    const options = { stride: 1, padding: 1, out: ['h', 'w'] as const };
    return ops.conv(
      g,
      g.input('c', 'float32', ['batch', 3, 'h', 'w']),
      w(dims),
      undefined,
      options,
    );
  };
  const init = {
    name: 'i',
    type: 'float32',
    dims: [1],
    read: async () => new Uint8Array(4),
  } as const;
});

it('what is built computes in ONNX Runtime; a weight used twice is stored once', async () => {
  const g = new Graph('sum');
  const x = g.input('x', 'float32', ['rows', 2]);
  const twice = () => weight(g, 'w', [2, 2], [1, 2, 3, 4]);
  g.output('y', ops.add(g, ops.matMul(g, x, twice()), ops.matMul(g, x, twice())));
  expect([...g.initializers.keys()]).toEqual(['w']);
  const session = await ort.InferenceSession.create(await bytesOf(g));
  const feed = new ort.Tensor('float32', Float32Array.of(1, 10), [1, 2]);
  const { y } = await session.run({ x: feed });
  expect(y?.data).toEqual(Float32Array.of(62, 84));
  await session.release();
});
