/** The values of a float32 `.npy` file, format version 1.0, row-major. */
export function readNpy(file: Uint8Array): Float32Array {
  const bytes = new Uint8Array(file);
  const header = new DataView(bytes.buffer).getUint16(8, true);
  return new Float32Array(bytes.slice(10 + header).buffer);
}
