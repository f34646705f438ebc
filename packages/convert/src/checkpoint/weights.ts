import { ClipSegError } from '@clipseg/core';
import { showName } from '../files/show-name.js';

/** Bytes per element. */
export const dtypeBytes = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  BOOL: 1,
} as const;

/** Element types, spelled as in safetensors. */
export type WeightDtype = keyof typeof dtypeBytes;

/** Size of a tensor in bytes; `undefined` if a double cannot represent it exactly. */
export function tensorBytes(dtype: WeightDtype, shape: readonly number[]): number | undefined {
  let bytes: number = dtypeBytes[dtype];
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

/** A tensor of a checkpoint, read from the file on demand. */
export interface Weight {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /** Reads little-endian bytes, row-major; the caller may change them. */
  read(options?: { signal?: AbortSignal }): Promise<Uint8Array>;
}

export interface Weights {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** @throws ClipSegError `invalid-checkpoint` if there is no weight of that name */
  get(name: string): Weight;
  close(): Promise<void>;
}

const MAX_NAME = 1000;

/** Makes weights from a list; `close` closes their files. */
export function weightsOf(list: readonly Weight[], close: () => Promise<void>): Weights {
  const byName = new Map<string, Weight>();
  for (const weight of list) {
    const { name } = weight;
    const isLong = name.length > MAX_NAME;
    if (isLong || byName.has(name)) {
      const what = isLong ? 'the name of a weight is too long' : 'a weight is there twice';
      const message = `The checkpoint is malformed: ${what}: ${showName(name)}.`;
      throw new ClipSegError('invalid-checkpoint', message);
    }
    byName.set(name, weight);
  }
  return {
    names: [...byName.keys()],
    has: (name) => byName.has(name),
    get(name) {
      const weight = byName.get(name);
      if (weight) return weight;
      throw new ClipSegError(
        'invalid-checkpoint',
        `The checkpoint has no weight ${showName(name)}.`,
      );
    },
    close,
  };
}

/** Merges the weights of several files (shards). */
export function mergeWeights(parts: readonly Weights[]): Weights {
  const all = parts.flatMap((part) => part.names.map((name) => part.get(name)));
  return weightsOf(all, async () => {
    await Promise.all(parts.map((part) => part.close()));
  });
}

/** Makes a table from all 65536 float16 bit patterns to float32. */
function makeHalfTable(): Float32Array {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else table[bits] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return table;
}
let halfTable: Float32Array | undefined;

/**
 * Reads a floating-point weight as float32.
 * @throws ClipSegError `invalid-checkpoint` for other types
 */
export async function readFloat32(
  weight: Weight,
  options?: { signal?: AbortSignal },
): Promise<Float32Array> {
  const { name, dtype } = weight;
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16' && dtype !== 'F64') {
    throw new ClipSegError(
      'invalid-checkpoint',
      `The weight ${showName(name)} is ${dtype}; F32, F16, BF16 and F64 can be converted.`,
    );
  }
  const read = await weight.read(options);
  const { buffer, byteOffset, byteLength } = byteAligned(read, dtypeBytes[dtype]);
  const count = byteLength / dtypeBytes[dtype];
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, count);
  if (dtype === 'F64') return new Float32Array(new Float64Array(buffer, byteOffset, count));
  const bits = new Uint16Array(buffer, byteOffset, count);
  const values = new Float32Array(count);
  if (dtype === 'BF16') {
    const words = new Uint32Array(values.buffer); // bfloat16 is the upper half of a float32
    for (let i = 0; i < count; i++) words[i] = bits[i]! << 16;
    return values;
  }
  halfTable ??= makeHalfTable();
  for (let i = 0; i < count; i++) values[i] = halfTable[bits[i]!]!;
  return values;
}

function byteAligned(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.byteOffset % width === 0 ? bytes : bytes.slice();
}
