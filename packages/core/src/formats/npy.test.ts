import { describe, expect, it } from 'vitest';
import { fromNpy, toNpy } from './npy.js';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const header = (dictionary: string, values = 2, version = 1) =>
  bytes(
    `\x93NUMPY${String.fromCharCode(version)}\0${String.fromCharCode(dictionary.length & 255, dictionary.length >> 8)}${dictionary}${'\x05'.repeat(values)}`,
  );
const good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";

describe('toNpy', () => {
  it('writes what NumPy does', () => {
    const file = toNpy(Uint16Array.of(1, 258), [2, 1]);
    const text = String.fromCharCode(...file.subarray(0, file.length - 4));
    expect(text.slice(0, 8)).toBe('\x93NUMPY\x01\0');
    expect(text.slice(10)).toMatch(
      /^{'descr': '<u2', 'fortran_order': False, 'shape': \(2, 1\), } *\n$/,
    );
    expect(text.length % 64).toBe(0);
    expect(new DataView(file.buffer).getUint16(8, true)).toBe(text.length - 10);
    expect([...file.subarray(-4)]).toEqual([1, 0, 2, 1]);
    expect(String.fromCharCode(...toNpy(Float32Array.of(1), [1]).subarray(10, 75))).toContain(
      '(1,)',
    );
  });

  it('aligns headers of any length', () => {
    for (let dimensions = 1; dimensions <= 64; dimensions++) {
      const file = toNpy(Uint8Array.of(7), Array(dimensions).fill(1));
      expect((file.length - 1) % 64).toBe(0);
      expect(fromNpy(file).shape).toHaveLength(dimensions);
    }
  });

  it('writes a part of a buffer', () => {
    const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(fromNpy(toNpy(part, [2]))).toEqual({ data: Float32Array.of(2, 3), shape: [2] });
  });

  it.each([[[3]], [[2, -1]], [[1, 0.5, 4]], [2], [Array(65).fill(1).concat(2)]])(
    'refuses the shape %j',
    (shape) => {
      expect(() => toNpy(Uint8Array.of(1, 2), shape as never)).toThrow(/shape/);
    },
  );

  it('refuses other data', () => {
    expect(() => toNpy(new Float64Array(1) as never, [1])).toThrow(/float32/);
  });
});

describe('fromNpy', () => {
  it('reads headers that NumPy might write', () => {
    expect(fromNpy(header(good))).toEqual({ data: Uint8Array.of(5, 5), shape: [2] });
    expect(
      fromNpy(header("{'shape': (1, 2), 'descr':'|u1', 'fortran_order':False}")).shape,
    ).toEqual([1, 2]);
    expect(
      fromNpy(header("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", 1)).shape,
    ).toEqual([]);
    expect(
      fromNpy(header("{'descr': '|u1', 'fortran_order': False, 'shape': (0,), }", 0)).data,
    ).toHaveLength(0);
  });

  it.each([
    [bytes('\x93NUMPX'), /begins/],
    [bytes('\x93NUMPY\x01\0'), /8 bytes, too few/],
    [header(good, 2, 2), /version 2/],
    [header(good).subarray(0, 40), /ends within its header/],
    [header(good, 3), /3 bytes of values/],
    [header(good.replace('|u1', '|u2')), /header/],
    [header(good.replace('|u1', 'toString')), /header/],
    [header(good.replace('(2,)', '[2]')), /header/],
    [header(good.replace('False', 'True')), /Fortran/],
    [header(good.replace('(2,)', '(99999999999999999999,)')), /shape/],
    [header(good.replace('(2,)', `(${'1,'.repeat(65)})`)), /shape/],
    [header(good.replace('(2,)', '(268435457,)')), /values/],
  ])('refuses %#', (file, message) => {
    expect(() => fromNpy(file)).toThrow(message);
  });

  it('refuses what is not bytes', () => {
    expect(() => fromNpy('x' as never)).toThrow(/not bytes/);
  });
});
