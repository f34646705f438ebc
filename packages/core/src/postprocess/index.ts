export type { Plugin, PluginJson } from '../contracts/plugin.js';
export type * from '../contracts/post-processor.js';
export { aboveProbability, scoreMap } from '../maps/scores.js';
export type { Category, CategoryMaskOptions } from '../segmentation/category-mask.js';
export type { Presence, PresenceOptions } from '../segmentation/presence.js';
export { scoresOf } from '../segmentation/segmentation-scores.js';
export { bandAlpha, featherAlpha, type MatteOptions, matteAlpha } from './alpha.js';
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
