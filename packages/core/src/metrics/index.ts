export {
  addConfusions,
  type Confusion,
  confusion,
  type MaskScores,
  maskScores,
} from './confusion.js';
export {
  type Curve,
  type FixedIntervalMetrics,
  type FixedIntervalScores,
  fixedIntervalMetrics,
} from './fixed-interval.js';
