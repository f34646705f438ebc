// Equals torch's upsample_bicubic2d with align_corners=False, which transformers calls in
// interpolate_pos_encoding: Keys' kernel with a = -0.75, border repeated.

function weights(t: number): readonly [number, number, number, number] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

interface Taps {
  readonly indices: readonly number[];
  readonly weights: readonly [number, number, number, number];
}

function taps(from: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, i) => {
    const position = ((i + 0.5) * from) / to - 0.5;
    const floor = Math.floor(position);
    const clamp = (index: number) => Math.min(from - 1, Math.max(0, index));
    return {
      indices: [-1, 0, 1, 2].map((offset) => clamp(floor + offset)),
      weights: weights(position - floor),
    };
  });
}

/**
 * Fits the trained position table to another grid of patches, of any aspect ratio. The first row
 * belongs to the class token and is kept.
 * @param table float32 [1 + g*g, C]
 * @param dims its dims
 * @param grid [rows, columns] of patches
 * @returns float32 [1 + rows*columns, C]
 */
export function interpolatePositionEmbedding(
  table: Float32Array,
  [tokens, channels]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const side = Math.round(Math.sqrt(tokens - 1));
  if (rows === side && columns === side) return table;
  const result = new Float32Array((1 + rows * columns) * channels);
  result.set(table.subarray(0, channels));
  const across = taps(side, columns);
  for (const [y, down] of taps(side, rows).entries()) {
    for (const [x, along] of across.entries()) {
      const out = (1 + y * columns + x) * channels;
      for (const [j, row] of down.indices.entries()) {
        for (const [i, column] of along.indices.entries()) {
          const weight = down.weights[j]! * along.weights[i]!;
          const from = (1 + row * side + column) * channels;
          for (let c = 0; c < channels; c++) {
            result[out + c] = result[out + c]! + weight * table[from + c]!;
          }
        }
      }
    }
  }
  return result;
}
