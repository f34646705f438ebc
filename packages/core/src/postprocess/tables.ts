import type { PostProcessor, Refiner, Thresholder } from '../contracts/post-processor.js';
import { type Factory, fromTable, type PluginTable } from '../util/plugin-table.js';
import { guided } from './refiners/guided.js';
import { band } from './steps/band.js';
import { instances, largest } from './steps/instances.js';
import { morphology, morphologyOptions } from './steps/morphology.js';
import { refine } from './steps/refine.js';
import { feather, matte } from './steps/soft-edges.js';
import { strokes } from './steps/strokes.js';
import { threshold } from './steps/threshold.js';
import { areaTarget } from './thresholders/area-target.js';
import { fixed } from './thresholders/fixed.js';
import { hysteresis } from './thresholders/hysteresis.js';
import { otsu } from './thresholders/otsu.js';
import { perLabel } from './thresholders/per-label.js';
import { percentile } from './thresholders/percentile.js';
import { relativeToMaximum } from './thresholders/relative-to-maximum.js';
import { triangle } from './thresholders/triangle.js';

/** Factories of custom steps, thresholders and refiners, by the names that a pipeline may use. */
export interface PipelinePlugins {
  readonly steps?: Readonly<Record<string, Factory<PostProcessor>>>;
  readonly thresholders?: Readonly<Record<string, Factory<Thresholder>>>;
  readonly refiners?: Readonly<Record<string, Factory<Refiner>>>;
}

/** The built-in thresholders, by name. */
export const thresholderTable = {
  fixed: { make: fixed, options: ['value'] },
  // `presence` is part of what `calibrate` returns; it is not used here.
  perLabel: { make: perLabel, options: ['thresholds', 'threshold', 'presence'] },
  otsu: { make: otsu, options: ['least'] },
  triangle: { make: triangle, options: ['least'] },
  percentile: { make: percentile, options: ['percent', 'least'] },
  areaTarget: { make: areaTarget, options: ['share', 'pixels', 'least'] },
  relativeToMaximum: { make: relativeToMaximum, options: ['share', 'least'] },
  hysteresis: { make: hysteresis, options: ['low', 'high'] },
} satisfies PluginTable<Thresholder>;

/** The built-in refiners, by name. */
export const refinerTable = {
  guided: { make: guided, options: ['radius', 'epsilon', 'guide'] },
} satisfies PluginTable<Refiner>;

/** The built-in steps, by name. */
export const stepTable = {
  refine: {
    make: ({ refiner = 'guided' }: { refiner?: unknown }, { refiners }) =>
      refine(fromTable(refinerTable, refiner, 'refiner', undefined, refiners)),
    options: ['refiner'],
  },
  threshold: {
    make: ({ method = 0.5 }: { method?: unknown }, { thresholders }) =>
      threshold(
        typeof method === 'number'
          ? method
          : fromTable(thresholderTable, method, 'thresholder', undefined, thresholders),
      ),
    options: ['method'],
  },
  band: { make: band, options: ['min', 'max'] },
  morphology: { make: morphology, options: morphologyOptions },
  instances: {
    make: instances,
    options: ['connectivity', 'minArea', 'minScore', 'split', 'sort', 'top'],
  },
  largest: { make: largest, options: ['count'] },
  strokes: { make: strokes, options: ['byLabel', 'all'] },
  feather: { make: feather, options: ['radius'] },
  matte: { make: matte, options: ['radius', 'epsilon'] },
} satisfies PluginTable<PostProcessor, PipelinePlugins>;
