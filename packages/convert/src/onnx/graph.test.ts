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
    ['Conv', () => ops.conv(g, x, w([8, 4, 3, 3]), undefined, same)],
    ['ConvTranspose', () => ops.convTranspose(g, x, w([6, 4, 2, 2]), w([4]), ['H', 'W'])],
    ['Transpose', () => ops.transpose(g, x, [0, 1])],
    ['Reshape', () => ops.reshape(g, w([2, 3]), g.int64([7]), [7])],
    ['DynamicQuantizeMatMul', () => ops.dynamicQuantizeMatMul(g, x, w([5, 2]), w([2]))],
    ['MatMulInteger', () => ops.matMulInteger(g, x, w([5, 2]), w([1]), w([1]))],
    ['Mul', () => ops.mul(g, x, w([4]))],
    ['Equal', () => ops.equal(g, x, y)],
    ['MatMul', () => ops.matMul(g, w([2, 4, 6]), w([3, 6, 4]))],
    ['LayerNormalization', () => ops.layerNormalization(g, x, w([6]), w([5]), 1e-5)],
    ['MultiHeadAttention', () => ops.multiHeadAttention(g, x, x, y, { heads: 2 })],
    ['MultiHeadAttention', () => ops.multiHeadAttention(g, x, x, x, { heads: 2, bias: w([6]) })],
    ['MatMulNBits', () => ops.matMulNBits(g, x, w([2, 1, 5]), w([2]), { ...blocks, k: 5 })],
    ['DynamicQuantizeMatMul', () => ops.dynamicQuantizeMatMul(g, x, w([6, 2]), w([3]))],
    ['Conv', () => conv([8, 3, 3, 3], w([7]))],
    ['ConvTranspose', () => ops.convTranspose(g, image, w([3, 4, 2, 2]), w([3]), ['H', 'W'])],
    ['Concat', () => ops.concat(g, [x, y], 1, 9)],
    ['Concat', () => ops.concat(g, [x, ints], 1, 8)],
    ['Initializer', () => g.weight({ ...init, byteLength: 3 })],
    ['Initializer', () => [g.weight(init), g.weight({ ...init, dims: [1, 1] })]],
  ])('%s refuses shapes that do not match, and the message says where', (op, build) => {
    expect(build).toThrow(new RegExp(`Graph test, ${op}: `));
  });

  let count = 0;
  const w = (dims: number[]) => {
    const values = new Array(dims.reduce((a, b) => a * b, 1)).fill(0);
    return weight(g, `w${count++}`, dims, values);
  };
  const image = g.input('image', 'float32', ['batch', 3, 'h', 'w']);
  const conv = (dims: number[], bias?: Value) => ops.conv(g, image, w(dims), bias, same);
  const same = { stride: 1, padding: 1, out: ['h', 'w'] } as const;
  const blocks = { n: 2, blockSize: 32 };
  const init = {
    name: 'i',
    type: 'float32',
    dims: [1],
    byteLength: 4,
    read: async () => new Uint8Array(4),
  } as const;
});

it('a built graph runs in ONNX Runtime; a weight used twice is stored once', async () => {
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

it('a weight with too many or too few bytes is reported', async () => {
  const g = new Graph('short');
  const read = async () => new Uint8Array(7);
  const w = g.weight({ name: 'w', type: 'float32', dims: [2], byteLength: 8, read });
  g.output('y', ops.relu(g, w));
  await expect(bytesOf(g)).rejects.toMatchObject({
    code: 'invalid-checkpoint',
    message: 'Weight w: 7 bytes read, 8 expected.',
  });
});

it('a graph beyond the limit of protobuf is refused before weights are read', async () => {
  const g = new Graph('large');
  const read = () => Promise.reject(new Error('read'));
  const byteLength = 2 ** 31;
  const w = g.weight({ name: 'w', type: 'uint8', dims: [2 ** 16, 2 ** 15], byteLength, read });
  g.output('y', ops.cast(g, w, 'float32'));
  await expect(bytesOf(g)).rejects.toThrow(
    /Graph large would have 21474\d+ bytes.*limit .* is 2 GiB/,
  );
});
