export * from '@clipseg/core';
export { type CreateClipSegOptions, createClipSeg } from './create-clip-seg.js';
export { type DecodeImageOptions, decodeImage, type ImageInput } from './image/decode-image.js';
export type { Device } from './native/ort-node.js';
