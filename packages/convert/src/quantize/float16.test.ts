import { getFloat16, setFloat16 } from '@petamoriken/float16';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fp16Bytes } from './float16.js';

const half = (value: number) => fp16Bytes(Float32Array.of(value), 'w');
const reference = (value: number): Uint8Array => {
  const bytes = new Uint8Array(2);
  setFloat16(new DataView(bytes.buffer), 0, Math.fround(value), true);
  return bytes;
};

describe('float16, compared with @petamoriken/float16', () => {
  it('keeps every finite float16, and rounds values between two of them', () => {
    const view = new DataView(new ArrayBuffer(2));
    for (let bits = 0; bits < 0x7c00; bits++) {
      view.setUint16(0, bits);
      const value = getFloat16(view, 0);
      const above = value + (bits === 0x7bff ? 15.9 : step(bits) / 2);
      for (const x of [value, -value, above, -above, above * (1 + 2 ** -20)]) {
        if (Math.abs(x) < 65520) expect([x, half(x)]).toEqual([x, reference(x)]);
      }
    }
  });

  it('converts any float', () => {
    const float = fc.float({ noNaN: true, min: -65504, max: 65504 });
    fc.assert(
      fc.property(float, (x) => void expect(half(x)).toEqual(reference(x))),
      { numRuns: 5000, seed: 3 },
    );
  });

  it.each([65520, -1e6, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => half(value)).toThrow(/Weight w contains .*float16/);
  });
});

/** Distance to the next float16. */
const step = (bits: number): number => 2 ** (Math.max(bits >> 10, 1) - 25);
