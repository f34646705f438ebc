import { type WrittenFile, writeFile } from '../write-file.js';
import { dtypeBytes, type WeightDtype } from './weights.js';

export interface TensorToWrite {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /** Called when the tensor's turn comes, so that a large file needs little memory. */
  read(): Uint8Array | Promise<Uint8Array>;
}

/** Writes a safetensors file, tensor by tensor. */
export function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
): Promise<WrittenFile> {
  let offset = 0;
  const entries = tensors.map(({ name, dtype, shape }) => {
    const start = offset;
    offset += shape.reduce((n, d) => n * d, dtypeBytes[dtype]);
    return [name, { dtype, shape, data_offsets: [start, offset] }] as const;
  });
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield length;
    yield header;
    for (const tensor of tensors) yield await tensor.read();
  }
  return writeFile(path, pieces());
}
