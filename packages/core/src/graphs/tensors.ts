import type { Tensor } from '../contracts/backend.js';
import type { ClipSegConfig } from '../contracts/config.js';

export type Feeds = Readonly<Record<string, Tensor>>;

/** The inputs and outputs of a graph. */
export interface Signature {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Returns the dims of each output for the given inputs. */
  outputDims(feeds: Feeds, config: ClipSegConfig): Readonly<Record<string, readonly number[]>>;
}

/** Returns one dim of a feed; 0 if there is no such dim. */
export const sideOf = (feeds: Feeds, feed: string, axis: number): number =>
  feeds[feed]?.dims[axis] ?? 0;

export const float32 = (data: Float32Array, dims: readonly number[]): Tensor => ({
  type: 'float32',
  data,
  dims,
});

/** A dense row-major array of floats, passed from one graph to the next. */
export interface FloatArray {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Returns an output without the dim of a batch of one. */
export function onlyOne({ dims, data }: Tensor): FloatArray {
  return { dims: dims.slice(1), data: data as Float32Array };
}

/** Splits an output along its first dim. */
export function rowsOf({ dims: [count = 0], data }: Tensor): Float32Array[] {
  const length = data.length / count;
  return Array.from({ length: count }, (_, i) =>
    (data as Float32Array).subarray(i * length, (i + 1) * length),
  );
}
