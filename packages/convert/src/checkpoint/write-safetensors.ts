import { ClipSegError } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import { type WrittenFile, writeFile } from '../files/write-file.js';
import { tensorBytes, type WeightDtype } from './weights.js';

export interface TensorToWrite {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /**
   * Returns little-endian bytes, row-major. Called just before writing, so that only one tensor is
   * in memory.
   */
  read(options?: { signal?: AbortSignal }): Uint8Array | Promise<Uint8Array>;
}

function header(tensors: readonly TensorToWrite[]): { bytes: Uint8Array; sizes: number[] } {
  const entries: Record<string, unknown> = Object.create(null); // for names such as `__proto__`
  entries.__metadata__ = { format: 'pt' };
  const sizes: number[] = [];
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    const size = tensorBytes(dtype, shape);
    if (size === undefined || Object.hasOwn(entries, name)) {
      const what = size === undefined ? 'has an impossible shape' : 'is given twice';
      throw new ClipSegError('invalid-argument', `The tensor ${name} ${what}.`);
    }
    entries[name] = { dtype, shape, data_offsets: [offset, offset + size] };
    offset += size;
    sizes.push(size);
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20); // aligns the data
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return { bytes, sizes };
}

/**
 * Writes a safetensors file atomically, tensor by tensor. Weights of `openSafetensors` can be
 * passed directly.
 * @throws ClipSegError `invalid-argument` (a duplicate name, bytes that do not match the shape),
 *   `io`, `aborted`
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  options: { signal?: AbortSignal } = {},
): Promise<WrittenFile> {
  const { bytes, sizes } = header(tensors);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield bytes;
    for (const [i, tensor] of tensors.entries()) {
      throwIfAborted(options.signal);
      const data = await tensor.read(options);
      if (data.byteLength !== sizes[i]) {
        const what = `has ${data.byteLength} bytes, its shape needs ${sizes[i]}`;
        throw new ClipSegError('invalid-argument', `The tensor ${tensor.name} ${what}.`);
      }
      yield data;
    }
  }
  return writeFile(path, pieces(), options);
}
