import type { Instance, ScoreMap } from '../contracts/post-processor.js';
import { checkScores, quickProbability } from '../maps/scores.js';
import { type Connectivity, type LabelledRuns, labelRuns } from '../raster/label-runs.js';
import { checkMask, checkSize, type MaskSize } from '../raster/mask.js';
import { runsOf } from '../raster/runs.js';
import { splitRuns } from '../raster/split-runs.js';
import {
  checkCount,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkRange,
  reading,
} from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

export interface InstanceOptions {
  /** 8 (default) if pixels that touch at a corner are connected, else 4. */
  readonly connectivity?: Connectivity;
  /** Smallest number of pixels of a part. Default 1. */
  readonly minArea?: number;
  /** Lowest mean probability of a part. Default 0. */
  readonly minScore?: number;
  /**
   * Splits parts at necks that are narrower than this share of the smaller side's width, 0..1; 0.7
   * is a good start. Default: parts are not split.
   */
  readonly split?: number;
  /** Order of the parts: the largest (default), the most probable, or the uppermost first. */
  readonly sort?: 'area' | 'score' | 'position';
  /** Number of parts to keep. Default: all. */
  readonly top?: number;
}

/** @throws ClipSegError `invalid-argument` */
export function checkInstanceOptions(given: InstanceOptions): Required<InstanceOptions> {
  const options = checkOptions(given, 'instances');
  const { connectivity = 8, minArea = 1, minScore = 0, split = 0, sort = 'area' } = options;
  const { top = Number.MAX_SAFE_INTEGER } = options;
  checkOneOf(connectivity, 'connectivity', [4, 8]);
  checkNumber(minArea, 'minArea');
  checkRange(minScore, 'minScore');
  checkRange(split, 'split');
  checkOneOf(sort, 'sort', ['area', 'score', 'position']);
  checkCount(top, 'top');
  return { connectivity, minArea, minScore, split, sort, top };
}

/** Sums over the pixels of each part. */
interface Sums {
  readonly area: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly score: Float64Array;
  /** int32 [count, 4]. */
  readonly boxes: Int32Array;
  /** Number of runs of each part. */
  readonly runs: Int32Array;
}

function add(sums: Float64Array, part: number, value: number): void {
  sums[part] = sums[part]! + value;
}

function sumUp({ runs, labels, count }: LabelledRuns, scores: ScoreMap | undefined): Sums {
  const zeros = () => new Float64Array(count);
  const [area, x, y, score] = [zeros(), zeros(), zeros(), zeros()];
  const boxes = Int32Array.from({ length: 4 * count }, (_, i) =>
    i % 4 < 2 ? Math.max(runs.width, runs.height) : 0,
  );
  const perPart = new Int32Array(count);
  for (let row = 0; row < runs.height; row++) {
    const [first, end] = [runs.rows[row]!, runs.rows[row + 1]!];
    const values = scores && first < end ? scores.row(row) : undefined;
    for (let run = first; run < end; run++) {
      const part = labels[run]!;
      const [x0, x1] = [runs.starts[run]!, runs.ends[run]!];
      const length = x1 - x0;
      perPart[part] = perPart[part]! + 1;
      add(area, part, length);
      add(x, part, (length * (x0 + x1)) / 2);
      add(y, part, length * (row + 0.5));
      grow(boxes, part, x0, row, x1);
      if (values && scores) add(score, part, sumOf(values, x0, x1, scores.scale));
      else add(score, part, length);
    }
  }
  return { area, x, y, score, boxes, runs: perPart };
}

function sumOf(values: Float32Array, start: number, end: number, scale: ScoreMap['scale']): number {
  let sum = 0;
  for (let x = start; x < end; x++) sum += quickProbability(values[x]!, scale);
  return sum;
}

function grow(boxes: Int32Array, part: number, x0: number, y: number, x1: number): void {
  const at = 4 * part;
  boxes[at] = Math.min(boxes[at]!, x0);
  boxes[at + 1] = Math.min(boxes[at + 1]!, y);
  boxes[at + 2] = Math.max(boxes[at + 2]!, x1);
  boxes[at + 3] = Math.max(boxes[at + 3]!, y + 1);
}

/** Selects the wanted parts, without their runs. */
function chosen(sums: Sums, options: Required<InstanceOptions>): number[] {
  const { minArea, minScore, sort, top } = options;
  const scoreOf = (part: number) => sums.score[part]! / sums.area[part]!;
  const order = {
    area: (a: number, b: number) => sums.area[b]! - sums.area[a]!,
    score: (a: number, b: number) => scoreOf(b) - scoreOf(a),
    position: (a: number, b: number) => a - b,
  }[sort];
  return [...sums.area.keys()]
    .filter((part) => sums.area[part]! >= minArea && scoreOf(part) >= minScore)
    .sort(order)
    .slice(0, top);
}

/** Returns the runs of the wanted parts, as triples y, x0, x1. */
function runsByPart({ runs, labels }: LabelledRuns, sums: Sums, parts: readonly number[]) {
  const lists = new Map(parts.map((part) => [part, new Int32Array(3 * sums.runs[part]!)]));
  const filled = new Int32Array(sums.runs.length);
  for (let y = 0; y < runs.height; y++) {
    for (let run = runs.rows[y]!; run < runs.rows[y + 1]!; run++) {
      const part = labels[run]!;
      const list = lists.get(part);
      if (!list) continue;
      const at = filled[part]!;
      list[at] = y;
      list[at + 1] = runs.starts[run]!;
      list[at + 2] = runs.ends[run]!;
      filled[part] = at + 3;
    }
  }
  return lists;
}

/**
 * Finds the connected parts of a mask, in linear time.
 * @param mask uint8 [height, width], inside where not 0
 * @param options may include scores, whose means are the scores of the parts; 1 without them
 * @throws ClipSegError `invalid-argument`
 */
export function findInstances(
  mask: Uint8Array,
  size: MaskSize,
  options: InstanceOptions & { readonly scores?: ScoreMap } = {},
): Instance[] {
  checkMask(mask, size);
  const wanted = checkInstanceOptions(options);
  const { scores } = checkOptions(options, 'instances');
  if (scores) checkScores(scores, size);
  const whole = labelRuns(runsOf(mask, size), wanted.connectivity);
  const labelled = wanted.split > 0 ? splitRuns(whole, mask, wanted.split) : whole;
  const sums = reading('The scores', () => sumUp(labelled, scores));
  const parts = chosen(sums, wanted);
  const runs = runsByPart(labelled, sums, parts);
  return parts.map((part) => {
    const area = sums.area[part]!;
    const side = (i: number) => sums.boxes[4 * part + i]!;
    return {
      score: sums.score[part]! / area,
      area,
      box: [side(0), side(1), side(2), side(3)],
      centroid: [sums.x[part]! / area, sums.y[part]! / area],
      runs: runs.get(part) as Int32Array,
    };
  });
}

/**
 * Draws instances as one mask.
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-argument` for runs outside the image
 */
export function instanceMask(
  instances: Instance | readonly Instance[],
  size: MaskSize,
): Uint8Array {
  checkSize(size);
  return reading('The instances', () => painted(instances, size));
}

function painted(instances: Instance | readonly Instance[], { width, height }: MaskSize) {
  const mask = new Uint8Array(width * height);
  for (const { runs } of [instances].flat() as readonly Instance[]) {
    if (!(runs instanceof Int32Array)) {
      const message = `The runs of an instance are ${showValue(runs)}, not an Int32Array.`;
      throw new ClipSegError('invalid-argument', message);
    }
    for (let i = 0; i < runs.length; i += 3) {
      const [y, x0, x1] = [runs[i]!, runs[i + 1]!, runs[i + 2]!];
      if (!(y >= 0 && y < height && x0 >= 0 && x0 <= x1 && x1 <= width)) {
        const message = `An instance leaves the picture of ${width} x ${height} in row ${y}.`;
        throw new ClipSegError('invalid-argument', message);
      }
      mask.fill(1, y * width + x0, y * width + x1);
    }
  }
  return mask;
}
