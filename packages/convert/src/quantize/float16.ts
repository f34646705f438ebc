import { ClipSegError } from '@clipseg/core';
import { setFloat16 } from '@petamoriken/float16';

/** float32 -> the bytes of float16, little-endian, rounded to nearest. */
export function fp16Bytes(values: Float32Array, name: string): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.abs(value) >= 65520) {
      throw new ClipSegError(
        'invalid-checkpoint',
        `Weight ${name} holds ${value}, beyond float16's range. Use --dtype fp32 or int8.`,
      );
    }
    setFloat16(view, i * 2, value, true);
  }
  return bytes;
}
