import type { GraphName } from './graph.js';

/**
 * The element types that cross the seam, in ONNX Runtime's words. float16 travels as its bits, bool
 * as bytes.
 */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array;
export type TensorType = 'float32' | 'int32' | 'int64' | 'uint8' | 'float16' | 'bool';

/**
 * A dense row-major tensor. `data.length` is the product of `dims`. Plain data: can be sent and
 * kept.
 */
export interface Tensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export interface RunOptions {
  /** Checked before and after the run; ONNX Runtime cannot stop in the middle of a graph. */
  signal?: AbortSignal;
  /** Names of the outputs to compute; all by default. What is not asked for is not computed. */
  outputs?: readonly string[];
}

/** One loaded graph. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Feeds are not modified and may be reused; results belong to the caller.
   * @throws ClipSegError `backend` (runtime failure), `invalid-argument` (unknown or missing feed),
   *   `aborted`, `disposed`
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    options?: RunOptions,
  ): Promise<Record<string, Tensor>>;
  /** Frees the graph. Safe to call twice; waits for a run in progress. */
  dispose(): Promise<void>;
}

/**
 * What `createSession` loads: the bytes of an `.onnx` file, or a path/URL the runtime can open
 * itself.
 */
export type GraphSource = string | Uint8Array;

export interface CreateSessionOptions {
  signal?: AbortSignal;
  /** Which of the model's graphs it is, for a backend that treats them differently. */
  graph?: GraphName;
  /** Reads the graph again, for a backend that has to load it anew, e.g. after a lost device. */
  reload?: () => Promise<GraphSource>;
}

/**
 * The seam that swaps the runtime. `testBackend` of `@clipseg/core/testing` checks a custom one.
 */
export interface Backend {
  /** The version of this contract. */
  readonly specificationVersion: 1;
  /** e.g. `onnxruntime-node/cpu`, for messages and `clipSeg.device`. */
  readonly name: string;
  /** The device that its graphs run on, e.g. `cpu`, for `clipSeg.device`. Default: `name`. */
  readonly device?: string;
  /** CPU threads per operator, for `clipSeg.device`. */
  readonly threads?: number;
  /** @throws ClipSegError `backend` when the graph cannot be loaded, `not-found`, `aborted` */
  createSession(graph: GraphSource, options?: CreateSessionOptions): Promise<Session>;
}
