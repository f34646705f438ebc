export * from '@clipseg/core';
export { type CreateClipSegOptions, createClipSeg } from './create-clip-seg.js';
export type {
  Device,
  DeviceChoice,
  DeviceReport,
  Refusal,
  RefusalCode,
} from './devices/device.js';
export { type OrtWebOptions, ortWeb } from './devices/ort-web.js';
export type { DeviceOption } from './devices/plan.js';
export { type DownloadSizesOptions, downloadSizes } from './download-sizes.js';
export { cacheStore } from './files/cache-store.js';
export type { HubOptions } from './files/model-spec.js';
export { decodeImage } from './image/decode-image.js';
export {
  drawTint,
  maskBitmap,
  maskBlob,
  maskImageData,
  type Rgb,
  type TintOptions,
  tint,
} from './image/draw.js';
export type { ImageDataLike, ImageInput } from './image/input.js';
export type { DecodeImageOptions } from './image/limits.js';
export type { WebClipSeg } from './main-thread/web-clip-seg.js';
