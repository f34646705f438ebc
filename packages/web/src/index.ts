export * from '@clipseg/core';
export { type CreateClipSegOptions, createClipSeg } from './create-clip-seg.js';
export type {
  Device,
  DeviceChoice,
  DeviceReport,
  Refusal,
  RefusalCode,
} from './devices/device.js';
export type { DeviceOption } from './devices/plan.js';
export { cacheStore } from './files/cache-store.js';
export type { HubOptions } from './files/model-spec.js';
export { decodeImage, type ImageInput } from './image/decode-image.js';
export type { WebClipSeg } from './web-clip-seg.js';
