const RADIUS = 7;

/**
 * Blurs as OpenCV's GaussianBlur does with a kernel of 15 x 15 and a reflected border (the edge is
 * not repeated).
 */
export function gaussianBlur(
  values: Float32Array,
  [channels, height, width]: readonly [number, number, number],
  sigma: number,
): Float32Array {
  const kernel = Array.from({ length: 2 * RADIUS + 1 }, (_, i) =>
    Math.exp(-((i - RADIUS) ** 2) / (2 * sigma ** 2)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const weights = kernel.map((weight) => weight / total);
  const rows = blurAlong(values, weights, { count: channels * height, length: width, step: 1 });
  const result = new Float32Array(values.length);
  for (let c = 0; c < channels; c++) {
    const plane = rows.subarray(c * height * width, (c + 1) * height * width);
    const columns = { count: width, length: height, step: width };
    result.set(blurAlong(plane, weights, columns), c * height * width);
  }
  return result;
}

interface Lines {
  readonly count: number;
  readonly length: number;
  /** Distance between the values of a line: 1 for rows, the width for columns. */
  readonly step: number;
}

function blurAlong(
  values: Float32Array,
  weights: readonly number[],
  { count, length, step }: Lines,
): Float32Array {
  const result = new Float32Array(values.length);
  const taps = Array.from({ length }, (_, i) =>
    weights.map((__, k) => reflect(i + k - RADIUS, length)),
  );
  for (let line = 0; line < count; line++) {
    const start = step === 1 ? line * length : line;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      const from = taps[i]!;
      for (let k = 0; k < weights.length; k++) {
        sum += weights[k]! * values[start + from[k]! * step]!;
      }
      result[start + i * step] = sum;
    }
  }
  return result;
}

function reflect(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const inside = ((index % period) + period) % period;
  return inside < length ? inside : period - inside;
}
