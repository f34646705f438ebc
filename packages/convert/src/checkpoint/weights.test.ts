import { ClipSegError } from '@clipseg/core';
import { setFloat16 } from '@petamoriken/float16';
import { describe, expect, test } from 'vitest';
import {
  mergeWeights,
  readFloat32,
  tensorBytes,
  type Weight,
  type WeightDtype,
  type Weights,
  weightsOf,
} from './weights.js';

const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replace(/ /g, ''), 'hex'));
const weight = (dtype: WeightDtype, bytes: Uint8Array, name = 'w'): Weight => ({
  name,
  dtype,
  shape: [1],
  read: async () => bytes,
});
const part = (closed: string[], ...names: string[]): Weights =>
  weightsOf(
    names.map((name) => weight('U8', new Uint8Array(1), name)),
    async () => void closed.push(names.join()),
  );

describe('readFloat32', () => {
  test.each<[WeightDtype, string, number[]]>([
    ['F32', '0000803f 000000c0 db0f4940', [1, -2, Math.fround(Math.PI)]],
    ['F16', '003c 00c0 0100 0080 ff7b 007c', [1, -2, 2 ** -24, -0, 65504, Infinity]],
    ['BF16', '803f 00c0 4940 0080 807f', [1, -2, 3.140625, -0, Infinity]],
    ['F64', '000000000000f03f 182d4454fb210940', [1, Math.fround(Math.PI)]],
  ])('reads %s written by hand', async (dtype, bytes, expected) => {
    expect([...(await readFloat32(weight(dtype, hex(bytes))))]).toEqual(expected);
  });

  test('reads all 65536 float16 values like @petamoriken/float16', async () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = await readFloat32(weight('F16', new Uint8Array(bits.buffer)));
    const view = new DataView(new ArrayBuffer(2));
    const wrong = values.findIndex((value, i) => {
      setFloat16(view, 0, value);
      const back = view.getUint16(0);
      return Number.isNaN(value) ? (i & 0x7fff) <= 0x7c00 : back !== i;
    });
    expect(wrong).toBe(-1);
  });

  test('reads bytes that are not aligned', async () => {
    const bytes = hex('ff 0000803f 000000c0').subarray(1);
    expect([...(await readFloat32(weight('F32', bytes)))]).toEqual([1, -2]);
  });

  test('refuses types that are not floats', async () => {
    const error = readFloat32(weight('I64', new Uint8Array(8), 'ids'));
    await expect(error).rejects.toMatchObject({ code: 'invalid-checkpoint' });
    await expect(error).rejects.toThrow(/ids is I64/);
  });
});

describe('weights', () => {
  test('a missing name is an error with the name', () => {
    const weights = part([], 'a');
    expect(weights.has('b')).toBe(false);
    expect(() => weights.get('b')).toThrow(ClipSegError);
    expect(() => weights.get('b')).toThrow(/no weight b/);
  });

  test('shards are merged, and closed together', async () => {
    const closed: string[] = [];
    const merged = mergeWeights([part(closed, 'a', 'b'), part(closed, 'c')]);
    expect(merged.names).toEqual(['a', 'b', 'c']);
    expect(merged.get('c').name).toBe('c');
    await merged.close();
    expect(closed).toEqual(['a,b', 'c']);
  });

  test('a name in two shards is an error', () => {
    expect(() => mergeWeights([part([], 'a'), part([], 'b', 'a')])).toThrow(
      /a weight is there twice: a/,
    );
  });

  test('sizes beyond the range of a double have no byte count', () => {
    expect(tensorBytes('F32', [2, 3])).toBe(24);
    expect(tensorBytes('F32', [])).toBe(4);
    expect(tensorBytes('U8', [2 ** 52, 2 ** 52, 0])).toBeUndefined();
    expect(tensorBytes('U8', [-1])).toBeUndefined();
    expect(tensorBytes('U8', [1.5])).toBeUndefined();
  });
});
