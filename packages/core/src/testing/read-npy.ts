import { fromNpy } from '../formats/npy.js';
import { ClipSegError } from '../util/errors.js';

/** Reads the values of a float32 `.npy` file. */
export function readNpy(file: Uint8Array): Float32Array {
  const { data } = fromNpy(file);
  if (data instanceof Float32Array) return data;
  throw new ClipSegError('invalid-argument', 'The .npy file does not contain float32 values.');
}
