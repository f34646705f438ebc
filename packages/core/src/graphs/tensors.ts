import type { Tensor } from '../contracts/backend.js';
import type { ClipSegConfig } from '../contracts/config.js';

export type Feeds = Readonly<Record<string, Tensor>>;

/** What a graph takes and gives. */
export interface Signature {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The dims of each output, by what was put in. */
  outputDims(feeds: Feeds, config: ClipSegConfig): Readonly<Record<string, readonly number[]>>;
}

/** One side of a feed; 0 where there is no such side. */
export const sideOf = (feeds: Feeds, feed: string, axis: number): number =>
  feeds[feed]?.dims[axis] ?? 0;

export const float32 = (data: Float32Array, dims: readonly number[]): Tensor => ({
  type: 'float32',
  data,
  dims,
});

/** A dense row-major array of floats, as it goes from one graph to the next. */
export interface FloatArray {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** An output of one picture, without the dimension of the batch. */
export function onlyOne({ dims, data }: Tensor): FloatArray {
  return { dims: dims.slice(1), data: data as Float32Array };
}

/** The rows of an output, one each: float32 of all dims but the first. */
export function rowsOf({ dims: [count = 0], data }: Tensor): Float32Array[] {
  const length = data.length / count;
  return Array.from({ length: count }, (_, i) =>
    (data as Float32Array).subarray(i * length, (i + 1) * length),
  );
}
