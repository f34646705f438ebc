export * from '@clipseg/core/model';
export type { Refusal, RefusalCode } from '../devices/device.js';
export { type DownloadSizesOptions, downloadSizes } from '../download-sizes.js';
export { cacheStore } from '../files/cache-store.js';
export type { HubOptions } from '../files/model-spec.js';
export type { ImageDataLike } from '../image/input.js';
