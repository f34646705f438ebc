export { type FixtureTensor, readSafetensors } from './read-safetensors.js';
