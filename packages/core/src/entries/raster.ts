export type { Point } from '../contracts/region.js';
export { type ContourOptions, contours } from '../maps/contours.js';
export { intersection, inversion, subtraction, union } from '../raster/algebra.js';
export { brush, type Stroke } from '../raster/brush.js';
export { cocoMask } from '../raster/coco/coco-mask.js';
export { cocoPolygonMask } from '../raster/coco/coco-polygon.js';
export {
  type CocoRle,
  type CompressedRle,
  cocoArea,
  cocoBox,
  decodeCocoRle,
  encodeCocoRle,
  type UncompressedRle,
} from '../raster/coco/coco-rle.js';
export { type DistanceOptions, dilate, distances, erode } from '../raster/distance.js';
export type { Connectivity } from '../raster/label-runs.js';
export type { MaskSize } from '../raster/mask.js';
export { closing, opening } from '../raster/morphology.js';
export { fillHoles, removeSmall } from '../raster/parts.js';
export { type Polygon, polygonArea, polygonMask, type Ring } from '../raster/polygon.js';
export { imageMask, regionMask } from '../raster/region.js';
export { type SimplifyOptions, simplify } from '../raster/simplify.js';
export { smoothing } from '../raster/smoothing.js';
