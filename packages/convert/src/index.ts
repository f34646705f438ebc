export {
  type Checkpoint,
  type OpenCheckpointOptions,
  openCheckpoint,
  type TokenizerPaths,
  weightFiles,
} from './checkpoint/index.js';
export type { Weight, WeightDtype, Weights } from './checkpoint/weights.js';
export { type TensorToWrite, writeSafetensors } from './checkpoint/write-safetensors.js';
export { type ConvertOptions, convert } from './convert.js';
export { convertSingle } from './convert-single.js';
export { asIoError } from './files/io-error.js';
export { removeLeftovers } from './files/leftovers.js';
export { makeFolders } from './files/make-folders.js';
export { type WrittenFile, writeFile } from './files/write-file.js';
