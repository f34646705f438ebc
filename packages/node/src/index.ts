export * from '@clipseg/core';
export * from '@clipseg/core/formats';
export * from '@clipseg/core/masks';
export { defaultCacheFolder } from './cache/cache-folder.js';
export type { Verify } from './cache/verify.js';
export { type CreateClipSegOptions, createClipSeg } from './create-clip-seg.js';
export { datasetFolder } from './dataset-folder.js';
export type { HubSourceOptions } from './hub/options.js';
export {
  type DecodeImageOptions,
  type DecodeLimits,
  decodeImage,
  type ImageDataLike,
  type ImageInput,
} from './image/decode-image.js';
export { availableDevices, type Device, type OrtNodeOptions, ortNode } from './native/ort-node.js';
export { type CheckpointSourceOptions, checkpointSource } from './sources/checkpoint-source.js';
export { type FolderSourceOptions, folderSource, miniSource } from './sources/folder-source.js';
export { hubSource } from './sources/hub-source.js';
export { type ResolveModelOptions, resolveModel } from './sources/resolve-model.js';
