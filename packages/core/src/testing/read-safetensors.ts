/** A tensor of a fixture. */
export interface FixtureTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

/** Reads a small safetensors file whole: for fixtures, not for checkpoints. */
export function readSafetensors(file: Uint8Array): Record<string, FixtureTensor> {
  const bytes = new Uint8Array(file); // a copy: aligned, and starting at 0
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  delete header.__metadata__;
  const tensors: Record<string, FixtureTensor> = {};
  for (const [name, entry] of Object.entries<Record<string, never>>(header)) {
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = entry as unknown as {
      dtype: string;
      shape: number[];
      data_offsets: [number, number];
    };
    const buffer = bytes.slice(8 + length + offsets[0], 8 + length + offsets[1]).buffer;
    const data =
      dtype === 'F32'
        ? new Float32Array(buffer)
        : dtype === 'I64'
          ? new BigInt64Array(buffer)
          : new Uint8Array(buffer);
    tensors[name] = { dtype, shape, data };
  }
  return tensors;
}
