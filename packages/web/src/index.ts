export * from '@clipseg/core';
export { type CreateClipSegOptions, createClipSeg } from './create-clip-seg.js';
export type { Device } from './devices/device.js';
export { decodeImage } from './image/decode-image.js';
export type { ImageInput } from './image/input.js';
export type { DecodeImageOptions } from './image/limits.js';
