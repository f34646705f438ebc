import type { Runs } from './runs.js';

/** 8 if pixels that touch at corners are connected, else 4. */
export type Connectivity = 4 | 8;

export interface LabelledRuns {
  readonly runs: Runs;
  /**
   * int32, the part of each run; parts are numbered from 0 in the order of their first run.
   */
  readonly labels: Int32Array;
  readonly count: number;
}

/** Finds the first run of a part, and shortens the links on the way. */
function rootOf(parents: Int32Array, run: number): number {
  let at = run;
  for (;;) {
    const parent = parents[at]!;
    if (parent === at) return at;
    const grand = parents[parent]!;
    parents[at] = grand;
    at = grand;
  }
}

/** Connects the runs of each row with those of the row above that they touch, in linear time. */
export function labelRuns(runs: Runs, connectivity: Connectivity): LabelledRuns {
  const { starts, ends, rows, height } = runs;
  const parents = Int32Array.from({ length: starts.length }, (_, i) => i);
  const corner = connectivity === 8 ? 1 : 0;
  for (let y = 1; y < height; y++) {
    let above = rows[y - 1]!;
    const lastAbove = rows[y]!;
    for (let run = lastAbove; run < rows[y + 1]!; run++) {
      const start = starts[run]! - corner;
      const end = ends[run]! + corner;
      while (above < lastAbove && ends[above]! <= start) above++;
      for (let other = above; other < lastAbove && starts[other]! < end; other++) {
        const [a, b] = [rootOf(parents, run), rootOf(parents, other)];
        if (a < b) parents[b] = a;
        else parents[a] = b;
      }
    }
  }
  // A part's first run is its root: roots precede the runs that link to them.
  let count = 0;
  for (let run = 0; run < parents.length; run++) {
    const parent = parents[run]!;
    parents[run] = parent === run ? count++ : parents[parent]!;
  }
  return { runs, labels: parents, count };
}

/** Counts the pixels of each part. */
export function partAreas({ runs, labels, count }: LabelledRuns): Float64Array {
  const areas = new Float64Array(count);
  for (let run = 0; run < labels.length; run++) {
    const label = labels[run]!;
    const length = runs.ends[run]! - runs.starts[run]!;
    areas[label] = areas[label]! + length;
  }
  return areas;
}
