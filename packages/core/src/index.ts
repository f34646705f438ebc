export type * from './contracts/backend.js';
export type * from './contracts/byte-store.js';
export type * from './contracts/clip-seg.js';
export type * from './contracts/composition.js';
export type * from './contracts/config.js';
export type * from './contracts/encoded.js';
export type * from './contracts/graph.js';
export type * from './contracts/image.js';
export type * from './contracts/manifest.js';
export type * from './contracts/masking-strategy.js';
export type * from './contracts/model.js';
export type * from './contracts/plugin.js';
export type * from './contracts/prompt.js';
export type * from './contracts/prompt-strategy.js';
export type * from './contracts/region.js';
export type * from './contracts/segmentation.js';
export { type CreateClipSegOptions, createClipSeg, type TextCleaning } from './create-clip-seg.js';
export { palette } from './formats/palette.js';
export { type DecoderInput, runDecoder } from './graphs/decoder.js';
export { defaultPreload, dtypes, graphNames, graphStems } from './graphs/names.js';
export type { SupportMask } from './graphs/support-mask.js';
export type { FloatArray } from './graphs/tensors.js';
export { runTextEncoder, type TextEncoderOptions, type TextInput } from './graphs/text-encoder.js';
export {
  runVisionEncoder,
  type VisionEncoderOptions,
  type VisionInput,
} from './graphs/vision-encoder.js';

export { runVisionHead, type VisionHeadInput } from './graphs/vision-head.js';
export {
  type DecodeLimits,
  decodeLimits,
  type InTimeOptions,
  inTime,
} from './image/decode-limits.js';
export { isEncodedImage } from './image/image-encoder.js';
export { pixelValues } from './image/normalize.js';
export { checkRawImage, MAX_PIXELS, toRgb } from './image/raw-image.js';
export { type ResizeFilter, resize } from './image/resize.js';
export { MAX_MODEL_SIDE, resolutionOf } from './image/resolution.js';
export { upsampleBilinear } from './maps/upsample.js';
export { eosPosition, parseConfig } from './model/config.js';
export { checkLfsPointer } from './model/lfs-pointer.js';
export {
  MANIFEST_FILE,
  MANIFEST_FORMAT_VERSION,
  parseManifest,
  readManifest,
} from './model/manifest.js';
export { interpolatePositionEmbedding } from './model/position-embedding.js';
export { defaultPreprocessing, parsePreprocessing } from './model/preprocessing.js';
export { selfCheckPixels } from './model/self-check-pixels.js';
export type { TokenizerFiles } from './model/tokenizer.js';
export { clipTokenizerJson, createTokenizer, type Tokenizer } from './model/tokenizer.js';
export { embedding, image, mix, template, text } from './prompts/builders.js';
export * from './prompts/composition/index.js';
export { type MaskingName, maskingNames } from './prompts/masking/masking-names.js';
export { supportMask } from './prompts/masking/token-mask.js';
export { imageMask, regionMask } from './raster/region.js';
export {
  type Category,
  type CategoryMask,
  type CategoryMaskOptions,
  categoryMask,
} from './segmentation/category-mask.js';
export { type Presence, type PresenceOptions, presence } from './segmentation/presence.js';
export { checkThreshold, createSegmentation, maskArea } from './segmentation/segmentation.js';
export { ClipSegError, type ClipSegErrorCode, throwIfAborted } from './util/errors.js';
export { latest } from './util/latest.js';
export { once } from './util/once.js';
export { seededRandom } from './util/seeded-random.js';
export { showReason, showValue } from './util/show-value.js';
