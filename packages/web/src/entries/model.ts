export * from '@clipseg/core/model';
export { type DownloadSizesOptions, downloadSizes } from '../download-sizes.js';
export { cacheStore } from '../files/cache-store.js';
export type { ImageDataLike } from '../image/input.js';
