export { type BoundaryOptions, boundaryF } from './boundary.js';
export {
  addConfusions,
  type Confusion,
  confusion,
  IGNORED,
  type MaskScores,
  maskScores,
} from './confusion.js';
export {
  type Curve,
  type FixedIntervalMetrics,
  type FixedIntervalScores,
  fixedIntervalMetrics,
} from './fixed-interval.js';
export { type PixelCounts, type PixelCountsOptions, pixelCounts } from './precision-recall.js';
export { auroc, bestOperatingPoint, type OperatingPoint, operatingPoint } from './ranking.js';
