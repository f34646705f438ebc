import type { MaskSize } from '../raster/mask.js';

/** A coarse grid over an image: rows and columns of equal blocks, whose sides may be fractions. */
export type Grid = readonly [rows: number, columns: number];

/** Samples per side of a block: enough for its mean, few enough to be fast. */
const SAMPLES = 4;

/** Returns the positions of the samples along a side. */
function samplesAlong(length: number, blocks: number): { at: Int32Array; perBlock: number } {
  const perBlock = Math.min(SAMPLES, Math.ceil(length / blocks));
  const count = blocks * perBlock;
  const at = Int32Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count));
  return { at, perBlock };
}

/**
 * Computes the mean of every block from at most 4 x 4 samples.
 * @param row returns row y with `step` values per pixel, of which the one at `offset` counts
 * @returns float32 [rows, columns]
 */
export function sampleGrid(
  { width, height }: MaskSize,
  [rows, columns]: Grid,
  row: (y: number) => ArrayLike<number>,
  { step = 1, offset = 0 } = {},
): Float32Array {
  const result = new Float32Array(rows * columns);
  const down = samplesAlong(height, rows);
  const across = samplesAlong(width, columns);
  const places = across.at.map((x) => x * step + offset);
  const weight = 1 / (down.perBlock * across.perBlock);
  for (let j = 0; j < down.at.length; j++) {
    const values = row(down.at[j]!);
    let block = Math.floor(j / down.perBlock) * columns;
    for (let i = 0; i < places.length; block++) {
      let sum = 0;
      for (let n = 0; n < across.perBlock; n++, i++) sum += values[places[i]!]!;
      result[block] = result[block]! + weight * sum;
    }
  }
  return result;
}
