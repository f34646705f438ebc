import type { ScoreMap } from '../contracts/post-processor.js';
import { type Connectivity, labelRuns } from '../raster/label-runs.js';
import { checkMask, type MaskSize } from '../raster/mask.js';
import type { Polygon, Ring } from '../raster/polygon.js';
import { runsOf } from '../raster/runs.js';
import { type Direction, type Outlines, STEP_X, STEP_Y, traceOutlines } from '../raster/trace.js';
import { checkOneOf, checkOptions, checkRange, reading } from '../util/check.js';
import { checkScores, limitOf } from './scores.js';
import { shiftsOf } from './sub-pixel.js';

export interface ContourOptions {
  /** Scores: outlines then lie where they pass `threshold` between two pixels. */
  readonly scores?: ScoreMap;
  /** Probability at which the scores were cut. Default 0.5. */
  readonly threshold?: number;
  /** Default 8: pixels that touch at a corner are connected. */
  readonly connectivity?: Connectivity;
}

/**
 * Returns corners half-way between a pixel inside and one outside, as in marching squares, moved
 * outwards by shifts if there are any. Straight lines keep only their ends.
 */
function ringOf(outlines: Outlines, ring: number, size: MaskSize, shifts?: Float32Array): Ring {
  const [start, end] = [outlines.starts[ring]!, outlines.starts[ring + 1]!];
  const points: number[] = [];
  const directionAt = (edge: number) => outlines.directions[edge] as Direction;
  for (let edge = start; edge < end; edge++) {
    const direction = directionAt(edge);
    const before = directionAt(edge === start ? end - 1 : edge - 1);
    const after = directionAt(edge === end - 1 ? start : edge + 1);
    const x = outlines.xs[edge]!;
    const y = outlines.ys[edge]!;
    const [dx, dy] = [STEP_X[direction], STEP_Y[direction]];
    // An outline that turns in a corner of the image gets that corner.
    const atCorner = (x === 0 || x === size.width) && (y === 0 || y === size.height);
    if (atCorner && before !== direction) points.push(x, y);
    if (!shifts && direction === before && direction === after) continue;
    const shift = shifts?.[edge] ?? 0;
    points.push(x + dx / 2 + dy * shift, y + dy / 2 - dx * shift);
  }
  return Float64Array.from(points);
}

/**
 * Traces the outlines and holes of a mask, in linear time. `polygonMask` turns them into the mask
 * again.
 * @param mask uint8 [height, width], inside where not 0
 * @returns a polygon per connected part, from the top
 * @throws ClipSegError `invalid-argument`
 */
export function contours(
  mask: Uint8Array,
  size: MaskSize,
  options: ContourOptions = {},
): Polygon[] {
  const { scores, threshold = 0.5, connectivity = 8 } = checkOptions(options, 'contours');
  checkMask(mask, size);
  checkRange(threshold, 'threshold');
  checkOneOf(connectivity, 'connectivity', [4, 8]);
  if (scores) checkScores(scores, size);
  const labelled = labelRuns(runsOf(mask, size), connectivity);
  const outlines = traceOutlines(mask, labelled, connectivity === 8);
  const shifts =
    scores &&
    reading('The scores', () => shiftsOf(outlines, size, scores, limitOf(scores, threshold)));
  const parts: { outer?: Ring; holes: Ring[] }[] = Array.from({ length: labelled.count }, () => ({
    holes: [],
  }));
  for (const [i, label] of outlines.labels.entries()) {
    const part = parts[label]!;
    const ring = ringOf(outlines, i, size, shifts);
    if (part.outer) part.holes.push(ring);
    else part.outer = ring;
  }
  return parts as Polygon[];
}
