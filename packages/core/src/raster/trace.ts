import type { LabelledRuns } from './label-runs.js';
import { listOf } from './runs.js';

// Outlines follow the edges of pixels, from corner to corner of the pixel grid, with the inside on
// their right: clockwise around a part, counterclockwise around a hole.

/** East, south, west, north. */
export type Direction = 0 | 1 | 2 | 3;
export const STEP_X = [1, 0, -1, 0] as const;
export const STEP_Y = [0, 1, 0, -1] as const;

/** All outlines of a mask, edge by edge. */
export interface Outlines {
  /** Start corners of the edges. */
  readonly xs: Int32Array;
  readonly ys: Int32Array;
  /** `Direction` of each edge. */
  readonly directions: Int32Array;
  /** Start of each outline in these lists, and the end of the last one. */
  readonly starts: readonly number[];
  /** Label of each outline's part. A part's first outline is its outer one. */
  readonly labels: readonly number[];
}

/**
 * Follows every outline once.
 * @param joined whether pixels inside that touch at a corner belong together
 */
export function traceOutlines(
  mask: Uint8Array,
  { runs, labels: partOf }: LabelledRuns,
  joined: boolean,
): Outlines {
  const { width, height } = runs;
  const [xs, ys, directions] = [listOf(), listOf(), listOf()];
  const [starts, labels] = [[0], [] as number[]];
  // The upper edges of pixels that were visited: one bit per pixel.
  const passed = new Uint8Array((mask.length + 7) >> 3);
  const inside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;

  /**
   * At a corner, turns left if the pixel ahead on the left is inside, right if both are outside.
   */
  function turn(x: number, y: number, direction: Direction): Direction {
    const [dx, dy] = [STEP_X[direction], STEP_Y[direction]];
    // The two pixels ahead of the corner (x, y): half a pixel on, and half a pixel to each side.
    const left = inside(x + ((dx + dy - 1) >> 1), y + ((dy - dx - 1) >> 1));
    const right = inside(x + ((dx - dy - 1) >> 1), y + ((dy + dx - 1) >> 1));
    if (left && (right || joined)) return ((direction + 3) & 3) as Direction;
    return right ? direction : (((direction + 1) & 3) as Direction);
  }

  function follow(startX: number, startY: number): void {
    let [x, y, direction] = [startX, startY, 0 as Direction];
    do {
      if (direction === 0) {
        const i = y * width + x;
        passed[i >> 3] = passed[i >> 3]! | (1 << (i & 7));
      }
      xs.push(x);
      ys.push(y);
      directions.push(direction);
      x += STEP_X[direction];
      y += STEP_Y[direction];
      direction = turn(x, y, direction);
    } while (x !== startX || y !== startY || direction !== 0);
    starts.push(xs.count);
  }

  for (let y = 0; y < height; y++) {
    for (let run = runs.rows[y]!; run < runs.rows[y + 1]!; run++) {
      for (let x = runs.starts[run]!; x < runs.ends[run]!; x++) {
        const i = y * width + x;
        if (y > 0 && mask[i - width] !== 0) continue;
        if (passed[i >> 3]! & (1 << (i & 7))) continue;
        follow(x, y);
        labels.push(partOf[run]!);
      }
    }
  }
  return { xs: xs.all(), ys: ys.all(), directions: directions.all(), starts, labels };
}
