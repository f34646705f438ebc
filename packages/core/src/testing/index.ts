export { readNpy } from './read-npy.js';
export { type FixtureTensor, readSafetensors } from './read-safetensors.js';
