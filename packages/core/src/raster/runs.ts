import type { MaskSize } from './mask.js';

/** The pixels inside (or outside) a mask as runs along its rows. */
export interface Runs extends MaskSize {
  /** int32, the first column of each run. */
  readonly starts: Int32Array;
  /** int32, the column after each run. */
  readonly ends: Int32Array;
  /** int32 [height + 1]: row y has the runs `rows[y]` to `rows[y + 1]`, not included. */
  readonly rows: Int32Array;
}

/** A growing list of whole numbers. */
export interface IntList {
  readonly count: number;
  push(value: number): void;
  /** int32 [count]. */
  all(): Int32Array;
}

export function listOf(): IntList {
  let values = new Int32Array(1024);
  let count = 0;
  return {
    get count() {
      return count;
    },
    push(value) {
      if (count === values.length) values = larger(values, 2 * count);
      values[count++] = value;
    },
    all: () => values.subarray(0, count),
  };
}

function larger(list: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const result = new Int32Array(length);
  result.set(list);
  return result;
}

/**
 * @param mask uint8 [height, width], inside where not 0
 * @param inside whether to find the runs inside or outside
 */
export function runsOf(mask: Uint8Array, { width, height }: MaskSize, inside = true): Runs {
  const [starts, ends] = [listOf(), listOf()];
  const rows = new Int32Array(height + 1);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let before = false;
    for (let x = 0; x < width; x++) {
      const now = (mask[row + x] !== 0) === inside;
      if (now === before) continue;
      if (now) starts.push(x);
      else ends.push(x);
      before = now;
    }
    if (before) ends.push(width);
    rows[y + 1] = starts.count;
  }
  return { width, height, rows, starts: starts.all(), ends: ends.all() };
}

/** Writes a value to every pixel of the wanted runs. */
export function paintRuns(
  mask: Uint8Array,
  { width, height, starts, ends, rows }: Runs,
  value: number,
  wanted: (run: number) => boolean,
): void {
  for (let y = 0; y < height; y++) {
    for (let run = rows[y]!; run < rows[y + 1]!; run++) {
      if (!wanted(run)) continue;
      mask.fill(value, y * width + starts[run]!, y * width + ends[run]!);
    }
  }
}
