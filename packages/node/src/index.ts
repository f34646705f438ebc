export * from '@clipseg/core';
export { availableDevices, type Device, type OrtNodeOptions, ortNode } from './backend.js';
export { defaultCacheFolder } from './cache.js';
export { type CheckpointSourceOptions, checkpointSource } from './checkpoint-source.js';
export { type CreateClipSegOptions, createClipSeg } from './create-clip-seg.js';
export { datasetFolder } from './dataset-folder.js';
export { decodeImage, type ImageInput } from './decode-image.js';
export {
  encodeGrey,
  encodeMask,
  encodeNpy,
  encodeOverlay,
  encodeProbabilities,
  palette,
} from './encode-image.js';
export { type HubSourceOptions, hubSource } from './hub-source.js';
export { type ResolveModelOptions, resolveModel } from './resolve-model.js';
export { folderSource, miniSource } from './sources.js';
