export { cocoPolygonMask } from './coco-polygon.js';
export {
  type CocoRle,
  type CompressedRle,
  cocoArea,
  cocoBox,
  decodeCocoRle,
  encodeCocoRle,
  type UncompressedRle,
} from './coco-rle.js';
export { type DistanceOptions, dilate, distances, erode } from './distance.js';
export type { MaskSize } from './mask.js';
