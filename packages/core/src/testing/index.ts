export type { ContractCase } from './contract.js';
export { readNpy } from './read-npy.js';
export { type FixtureTensor, readSafetensors } from './read-safetensors.js';
export { testBackend } from './test-backend.js';
export { type TestClipSegOptions, testClipSeg } from './test-clip-seg.js';
export { type TestMaskingStrategyOptions, testMaskingStrategy } from './test-masking-strategy.js';
export { type TestPromptStrategyOptions, testPromptStrategy } from './test-prompt-strategy.js';
