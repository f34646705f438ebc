export * from '@clipseg/core';
export * from '@clipseg/core/formats';
export * from '@clipseg/core/masks';
export { availableDevices, type Device, type OrtNodeOptions, ortNode } from './backend.js';
export { defaultCacheFolder } from './cache/cache-folder.js';
export { type CreateClipSegOptions, createClipSeg } from './create-clip-seg.js';
export { datasetFolder } from './dataset-folder.js';
export { hubSource } from './hub/hub-source.js';
export type { HubSourceOptions } from './hub/options.js';
export {
  type DecodeImageOptions,
  type DecodeLimits,
  decodeImage,
  type ImageDataLike,
  type ImageInput,
} from './image/decode-image.js';
export { type CheckpointSourceOptions, checkpointSource } from './sources/checkpoint-source.js';
export { type FolderSourceOptions, folderSource, miniSource } from './sources/folder-source.js';
export { type ResolveModelOptions, resolveModel } from './sources/resolve-model.js';
export type { Verify } from './sources/verify.js';
