import { readFile } from 'node:fs/promises';

/** The float32 values of a version 1.0 .npy file. */
export async function readNpy(path: string): Promise<Float32Array> {
  const bytes = new Uint8Array(await readFile(path));
  const header = new DataView(bytes.buffer).getUint16(8, true);
  return new Float32Array(bytes.slice(10 + header).buffer);
}
