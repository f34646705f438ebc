import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parameter } from '../checkpoint/parameters.js';
import { Graph } from '../onnx/graph.js';
import { dynamicInt8, int8Rows, shared } from './int8.js';
import { dynamicUint8 } from './uint8.js';

const parameter = (
  values: Float32Array,
  dims: readonly number[],
): Parameter & { reads: number } => {
  const made = {
    name: 'w',
    dims,
    reads: 0,
    async read() {
      made.reads++;
      return values;
    },
  };
  return made;
};
const floats = (bytes: Uint8Array) => new Float32Array(bytes.slice().buffer);
const read = async (graph: Graph, name: string) => {
  const found = graph.initializers.get(name)!;
  const bytes = await found.read();
  expect(bytes.byteLength).toBe(found.byteLength);
  return bytes;
};
const matrix = fc
  .record({
    out: fc.integer({ min: 1, max: 5 }),
    width: fc.integer({ min: 1, max: 6 }),
    factor: fc.constantFrom(0, 0.01, 3),
  })
  .chain(({ out, width, factor }) =>
    fc
      .array(fc.integer({ min: -50, max: 100 }), { minLength: out * width, maxLength: out * width })
      .map((list) => ({ out, width, values: Float32Array.from(list, (value) => factor * value) })),
  );

describe('int8', () => {
  it('weights have a scale for each output, and are transposed', async () => {
    const check = async ({
      out,
      width,
      values,
    }: {
      out: number;
      width: number;
      values: Float32Array;
    }) => {
      const graph = new Graph('g');
      const weight = parameter(values, [out, width]);
      dynamicInt8(graph, graph.input('x', 'float32', ['n', width]), weight);
      expect(graph.initializers.get('w.int8')!.dims).toEqual([width, out]);
      expect(graph.initializers.get('w.scale')!.dims).toEqual([out]);
      const levels = new Int8Array((await read(graph, 'w.int8')).slice().buffer);
      const scale = floats(await read(graph, 'w.scale'));
      expect(weight.reads).toBe(1);
      for (let o = 0; o < out; o++) {
        const row = values.subarray(o * width, (o + 1) * width);
        const most = row.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
        expect(scale[o]).toBeCloseTo(most / 127 || 1, 6);
        for (const [i, value] of row.entries()) {
          expect(Math.abs(levels[i * out + o]! * scale[o]! - value)).toBeLessThan(
            0.501 * scale[o]!,
          );
        }
      }
    };
    await fc.assert(fc.asyncProperty(matrix, check));
  });

  it('tables have a scale for each row', async () => {
    const check = async ({
      out: rows,
      width,
      values,
    }: {
      out: number;
      width: number;
      values: Float32Array;
    }) => {
      const graph = new Graph('g');
      int8Rows(graph, graph.input('i', 'int32', ['n']), parameter(values, [rows, width]));
      expect(graph.initializers.get('w.int8')!.dims).toEqual([rows, width]);
      expect(graph.initializers.get('w.scale')!.dims).toEqual([rows, 1]);
      const levels = new Int8Array((await read(graph, 'w.int8')).slice().buffer);
      const scale = floats(await read(graph, 'w.scale'));
      for (const [i, value] of values.entries()) {
        const own = scale[Math.floor(i / width)]!;
        const row = values.subarray(
          Math.floor(i / width) * width,
          (Math.floor(i / width) + 1) * width,
        );
        const most = row.reduce((max, one) => Math.max(max, Math.abs(one)), 0);
        expect(own).toBeCloseTo(most / 127 || 1, 6);
        expect(Math.abs(levels[i]! * own - value)).toBeLessThan(0.501 * own);
      }
    };
    await fc.assert(fc.asyncProperty(matrix, check));
    const graph = new Graph('g');
    const found = int8Rows(
      graph,
      graph.input('i', 'int32', ['n']),
      parameter(new Float32Array(6), [2, 3]),
    );
    expect([found.type, found.dims]).toEqual(['float32', ['n', 3]]);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Gather', 'Gather', 'Cast', 'Mul']);
  });
});

describe('uint8', () => {
  it('weights have one scale and an exact zero point', async () => {
    const check = async ({
      out,
      width,
      values,
    }: {
      out: number;
      width: number;
      values: Float32Array;
    }) => {
      const graph = new Graph('g');
      const weight = parameter(values, [out, width]);
      dynamicUint8(graph, graph.input('x', 'float32', ['n', width]), weight);
      expect(graph.initializers.get('w.weight')!.dims).toEqual([width, out]);
      const levels = await read(graph, 'w.weight');
      const [scale] = floats(await read(graph, 'w.scale')) as unknown as [number];
      const [zero] = (await read(graph, 'w.zero')) as unknown as [number];
      expect(weight.reads).toBe(1);
      const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
      expect(scale).toBeCloseTo((high - low) / 255 || 1, 6);
      expect(Math.abs(zero * scale + low)).toBeLessThanOrEqual(0.501 * scale);
      for (let o = 0; o < out; o++) {
        for (let i = 0; i < width; i++) {
          const value = values[o * width + i]!;
          const back = (levels[i * out + o]! - zero) * scale;
          expect(Math.abs(back - value)).toBeLessThan(1.01 * scale);
          if (value === 0) expect(back).toBe(0);
        }
      }
    };
    await fc.assert(fc.asyncProperty(matrix, check));
  });

  it('is multiplied in integers and then scaled, with or without a bias', () => {
    const graph = new Graph('g');
    const x = graph.input('x', 'float32', ['n', 3]);
    const weight = parameter(new Float32Array(6), [2, 3]);
    const plain = dynamicUint8(graph, x, weight);
    expect([plain.type, plain.dims]).toEqual(['float32', ['n', 2]]);
    const types = () => graph.nodes.map(({ opType }) => opType);
    expect(types()).toEqual(['DynamicQuantizeLinear', 'MatMulInteger', 'Cast', 'Mul', 'Mul']);
    dynamicUint8(graph, x, weight, graph.input('b', 'float32', [2]));
    expect(types().at(-1)).toBe('Add');
  });

  it('levels beyond 255 are clipped', async () => {
    // Both ends are rounded up from a half, which gives one step more than 255.
    const values = Float32Array.of(-1.5, 253.5);
    const graph = new Graph('g');
    dynamicUint8(graph, graph.input('x', 'float32', ['n', 2]), parameter(values, [1, 2]));
    const levels = await read(graph, 'w.weight');
    const [zero] = (await read(graph, 'w.zero')) as unknown as [number];
    expect(levels[1]).toBe(255);
    expect(levels[0]).toBeLessThanOrEqual(zero);
  });
});

describe('shared', () => {
  it('computes once for a number of readers, and again for the next readers', async () => {
    for (const readers of [2, 3]) {
      let computed = 0;
      const get = shared(async () => ++computed, readers);
      for (const round of [1, 2]) {
        for (let k = 0; k < readers; k++) expect(await get()).toBe(round);
      }
    }
    let computed = 0;
    const pair = shared(async () => ++computed);
    expect([await pair(), await pair(), await pair()]).toEqual([1, 1, 2]);
  });
});
