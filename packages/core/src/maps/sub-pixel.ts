import type { ScoreMap } from '../contracts/post-processor.js';
import type { MaskSize } from '../raster/mask.js';
import type { Outlines } from '../raster/trace.js';

/** Corners stay between the centers of both pixels, so that filling an outline gives its mask. */
const FURTHEST = 0.48;

/** Returns the row of scores at which both pixels of an edge are known: the lower of the two. */
function rowOf({ ys, directions }: Outlines, edge: number): number {
  return ys[edge]! - (directions[edge] === 3 ? 1 : 0);
}

/** Sorts edges by row. Returns their numbers and the start of each row. */
function byRow(outlines: Outlines, height: number): { order: Int32Array; begins: Int32Array } {
  const count = outlines.xs.length;
  const begins = new Int32Array(height + 2);
  for (let edge = 0; edge < count; edge++) {
    const row = rowOf(outlines, edge) + 1;
    begins[row] = begins[row]! + 1;
  }
  for (let row = 0; row <= height; row++) {
    begins[row + 1] = begins[row + 1]! + begins[row]!;
  }
  const next = begins.slice();
  const order = new Int32Array(count);
  for (let edge = 0; edge < count; edge++) {
    const row = rowOf(outlines, edge);
    order[next[row]!] = edge;
    next[row] = next[row]! + 1;
  }
  return { order, begins };
}

/**
 * Measures how far outside the border between two pixels the scores pass a limit.
 * @param limit on the scale of the scores
 * @returns float32, one per edge, in pixels
 */
export function shiftsOf(
  outlines: Outlines,
  { width, height }: MaskSize,
  scores: ScoreMap,
  limit: number,
): Float32Array {
  const shifts = new Float32Array(outlines.xs.length);
  const { order, begins } = byRow(outlines, height);
  const above = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    const row = scores.row(y);
    for (let k = begins[y]!; k < begins[y + 1]!; k++) {
      const edge = order[k]!;
      const x = outlines.xs[edge]!;
      const direction = outlines.directions[edge];
      let [inner, outer] = [0, 0];
      if (direction === 0 || direction === 2) {
        if (y === 0) continue; // the edge of the image does not move
        const column = direction === 0 ? x : x - 1;
        const [upper, lower] = [above[column]!, row[column]!];
        [inner, outer] = direction === 0 ? [lower, upper] : [upper, lower];
      } else {
        if (x === 0 || x === width) continue;
        const [left, right] = [row[x - 1]!, row[x]!];
        [inner, outer] = direction === 1 ? [left, right] : [right, left];
      }
      // The mask was changed since: the scores do not apply here.
      if (!(inner > limit && outer <= limit)) continue;
      const shift = (inner - limit) / (inner - outer) - 0.5;
      shifts[edge] = Math.min(FURTHEST, Math.max(-FURTHEST, shift));
    }
    above.set(row);
  }
  return shifts;
}
