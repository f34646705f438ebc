import { ClipSegError } from '@clipseg/core';

/** Converts float32 to float16 bytes, little-endian, rounded to nearest, ties to even. */
export function fp16Bytes(values: Float32Array, name: string): Uint8Array {
  const halves = new Uint16Array(values.length);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (!(size < 65520)) {
      throw new ClipSegError(
        'invalid-checkpoint',
        `Weight ${name} contains ${values[i]}, beyond float16's range. Use --dtype fp32 or int8.`,
      );
    }
    const sign = values[i]! < 0 || Object.is(values[i], -0) ? 0x8000 : 0;
    if (size < 2 ** -14) {
      // Subnormals have steps of 2^-24, like a float32 just above 0.5.
      float[0] = size + 0.5;
      halves[i] = sign | (bits[0]! - 0x3f000000);
    } else {
      float[0] = size;
      const word = bits[0]!;
      const rounded = word + 0xfff + ((word >>> 13) & 1);
      halves[i] = sign | ((rounded - 0x38000000) >>> 13); // exponent bias 15 instead of 127
    }
  }
  return new Uint8Array(halves.buffer);
}
