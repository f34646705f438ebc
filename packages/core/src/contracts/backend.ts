import type { GraphName } from './graph.js';

/**
 * The data of tensors, by ONNX Runtime's element types: float16 as its bits, bool as bytes.
 */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array;
export type TensorType = 'float32' | 'int32' | 'int64' | 'uint8' | 'float16' | 'bool';

/**
 * A dense row-major tensor. `data.length` is the product of `dims`. It is plain data, which can be
 * kept and sent.
 */
export interface Tensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export interface RunOptions {
  /** Checked before and after the run; ONNX Runtime cannot stop in the middle of a graph. */
  signal?: AbortSignal;
  /** Names of the outputs to compute; all by default. Other outputs are not computed. */
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
 * The input of `createSession`: the bytes of an `.onnx` file, or a path or URL that the runtime can
 * open.
 */
export type GraphSource = string | Uint8Array;

export interface CreateSessionOptions {
  signal?: AbortSignal;
  /** The name of the graph, for a backend that treats graphs differently. */
  graph?: GraphName;
  /** Reads the graph again, for a backend that must reload it, e.g. after losing its device. */
  reload?: () => Promise<GraphSource>;
}

/**
 * Runs graphs; replace it to use another runtime. Test a custom backend with `testBackend` of
 * `@clipseg/core/testing`.
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
