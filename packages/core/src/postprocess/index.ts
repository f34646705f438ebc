export type { Plugin, PluginJson } from '../contracts/plugin.js';
export type * from '../contracts/post-processor.js';
export { type ContourOptions, contours } from '../maps/contours.js';
export { aboveProbability, scoreMap } from '../maps/scores.js';
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
export { type SimplifyOptions, simplify } from '../raster/simplify.js';
export { smoothing } from '../raster/smoothing.js';
export { scoresOf } from '../segmentation/segmentation-scores.js';
export { bandAlpha, featherAlpha, matteAlpha } from './alpha.js';
export { definePostProcessor, defineRefiner, defineThresholder } from './define.js';
export { findInstances, type InstanceOptions, instanceMask } from './instances.js';
export { pipelineFromJson, thresholderFromJson } from './pipeline-json.js';
export {
  draftMasks,
  type MaskDrafts,
  type Postprocessed,
  type PostprocessOptions,
  type ProcessedSegment,
  postprocess,
} from './postprocess.js';
export { type GuidedOptions, guided } from './refiners/guided.js';
export { type BandOptions, band } from './steps/band.js';
export { instances, type LargestOptions, largest } from './steps/instances.js';
export { type MorphologyOptions, morphology } from './steps/morphology.js';
export { refine } from './steps/refine.js';
export {
  type FeatherOptions,
  feather,
  type MatteOptions,
  matte,
} from './steps/soft-edges.js';
export { type StrokesOptions, strokes } from './steps/strokes.js';
export { threshold } from './steps/threshold.js';
export { type PipelinePlugins, refinerTable, stepTable, thresholderTable } from './tables.js';
export type { AdaptiveOptions } from './thresholders/adaptive.js';
export { type AreaOptions, areaTarget } from './thresholders/area-target.js';
export { type FixedOptions, fixed } from './thresholders/fixed.js';
export { type HysteresisOptions, hysteresis } from './thresholders/hysteresis.js';
export { otsu } from './thresholders/otsu.js';
export { type PerLabelOptions, perLabel } from './thresholders/per-label.js';
export { type PercentileOptions, percentile } from './thresholders/percentile.js';
export { type RelativeOptions, relativeToMaximum } from './thresholders/relative-to-maximum.js';
export { triangle } from './thresholders/triangle.js';
