export type * from '../contracts/backend.js';
export type * from '../contracts/byte-store.js';
export type {
  CallOptions,
  ModelInfo,
  SelfCheckOptions,
  TokenCount,
} from '../contracts/clip-seg.js';
export type * from '../contracts/config.js';
export type { Refusal, RefusalCode, SelfCheckResult } from '../contracts/device.js';
export type { EncodedEmbedding, EncodedView, Features } from '../contracts/encoded.js';
export type { GraphName } from '../contracts/graph.js';
export type { Box, ImageDecoder } from '../contracts/image.js';
export type * from '../contracts/manifest.js';
export type { ModelSource, OpenedModel, OpenOptions } from '../contracts/model.js';
export type {
  AdapterOptions,
  CommonOptions,
  HubOptions,
  TextCleaning,
} from '../contracts/options.js';
export { type DecoderInput, runDecoder } from '../graphs/decoder.js';
export { defaultPreload, dtypes, graphNames, graphStems } from '../graphs/names.js';
export type { SupportMask } from '../graphs/support-mask.js';
export type { FloatArray } from '../graphs/tensors.js';
export { runTextEncoder, type TextEncoderOptions, type TextInput } from '../graphs/text-encoder.js';
export {
  runVisionEncoder,
  type VisionEncoderOptions,
  type VisionInput,
} from '../graphs/vision-encoder.js';
export { runVisionHead, type VisionHeadInput } from '../graphs/vision-head.js';
export type { DecodeLimits } from '../image/decode-limits.js';
export { pixelValues } from '../image/normalize.js';
export { checkRawImage, MAX_PIXELS, toRgb } from '../image/raw-image.js';
export { type ResizeFilter, resize } from '../image/resize.js';
export { MAX_MODEL_SIDE, resolutionOf } from '../image/resolution.js';
export { upsampleBilinear } from '../maps/upsample.js';
export { eosPosition, parseConfig } from '../model/config.js';
export {
  listedFile,
  MANIFEST_FILE,
  MANIFEST_FORMAT_VERSION,
  parseManifest,
  readManifest,
} from '../model/manifest.js';
export { openSource } from '../model/open-source.js';
export { interpolatePositionEmbedding } from '../model/position-embedding.js';
export { defaultPreprocessing, parsePreprocessing } from '../model/preprocessing.js';
export { selfCheckPixels } from '../model/self-check-pixels.js';
export {
  clipTokenizerJson,
  createTokenizer,
  type Tokenizer,
  type TokenizerFiles,
} from '../model/tokenizer.js';
export { throwIfAborted } from '../util/errors.js';
