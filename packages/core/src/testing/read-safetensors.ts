import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { safetensorsHeader } from '../util/safetensors-header.js';

/** A tensor of a fixture. */
export interface FixtureTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

const fail = (what: string, cause?: unknown): never => {
  throw new ClipSegError('invalid-argument', `The file is not safetensors: ${what}.`, { cause });
};

function dataOf(dtype: unknown, { buffer }: Uint8Array<ArrayBuffer>): FixtureTensor['data'] {
  if (dtype === 'F32') return new Float32Array(buffer);
  return dtype === 'I64' ? new BigInt64Array(buffer) : new Uint8Array(buffer);
}

/**
 * Reads a small safetensors file whole: for fixtures, not for checkpoints.
 * @throws ClipSegError `invalid-argument`
 */
export function readSafetensors(file: Uint8Array): Record<string, FixtureTensor> {
  const { header, start } = safetensorsHeader(file, fail);
  const { __metadata__: _, ...entries } = header;
  const tensors: Record<string, FixtureTensor> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = isRecord(entry) ? entry : fail(`${name} is not an object`);
    const [from, to] = offsets as [number, number];
    const bytes = new Uint8Array(file.subarray(start + from, start + to)); // a copy, aligned
    tensors[name] = { dtype, shape, data: dataOf(dtype, bytes) } as FixtureTensor;
  }
  return tensors;
}
