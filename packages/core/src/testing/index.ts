export type { ContractCase } from './contract.js';
export { type FakeBackend, type FakeBackendOptions, fakeBackend } from './fakes/fake-backend.js';
export {
  type FakeCall,
  type FakeClipSeg,
  type FakeClipSegOptions,
  fakeClipSeg,
} from './fakes/fake-clip-seg.js';
export { fakeColor } from './fakes/fake-color.js';
export { type FakeImageOptions, fakeImage } from './fakes/fake-image.js';
export { fakeModel } from './fakes/fake-model.js';
export { readNpy } from './read-npy.js';
export { type FixtureTensor, readSafetensors } from './read-safetensors.js';
export { testBackend } from './test-backend.js';
export { type TestByteStoreOptions, testByteStore } from './test-byte-store.js';
export { type TestClipSegOptions, testClipSeg } from './test-clip-seg.js';
export { type TestDatasetFilesOptions, testDatasetFiles } from './test-dataset-files.js';
export { type TestFormatWriterOptions, testFormatWriter } from './test-format-writer.js';
export { type TestImageDecoderOptions, testImageDecoder } from './test-image-decoder.js';
export { type TestMaskingStrategyOptions, testMaskingStrategy } from './test-masking-strategy.js';
export { type TestModelSourceOptions, testModelSource } from './test-model-source.js';
export { type TestPostProcessorOptions, testPostProcessor } from './test-post-processor.js';
export { type TestPromptStrategyOptions, testPromptStrategy } from './test-prompt-strategy.js';
export { type TestRefinerOptions, testRefiner } from './test-refiner.js';
export { type TestThresholderOptions, testThresholder } from './test-thresholder.js';
