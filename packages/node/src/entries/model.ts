export * from '@clipseg/core/model';
export { defaultCacheFolder } from '../cache/cache-folder.js';
export type { Verify } from '../cache/verify.js';
export type { HubOptions } from '../hub/options.js';
export type { ImageDataLike } from '../image/decode-image.js';
export { type CheckpointSourceOptions, checkpointSource } from '../sources/checkpoint-source.js';
export { type FolderSourceOptions, folderSource, miniSource } from '../sources/folder-source.js';
export { type HubSourceOptions, hubSource } from '../sources/hub-source.js';
export { resolveModel } from '../sources/resolve-model.js';
