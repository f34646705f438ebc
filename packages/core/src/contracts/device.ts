import type { Dtype, GraphName } from './graph.js';

export interface SelfCheckResult {
  /** Largest absolute difference of a logit. */
  readonly maxError: number;
  readonly tolerance: number;
}

/** Why a device does not run a graph. */
export type RefusalCode =
  | 'unavailable' // it does not exist here, or the page is not a secure context
  | 'software' // the GPU adapter computes on the CPU, slower than WASM
  | 'dtype' // it cannot compute in the dtype
  | 'unchecked' // the graph was loaded after the self-check, which could not cover it
  | 'load' // the runtime or the graph could not be loaded
  | 'run' // the graph failed while it ran
  | 'self-check' // its result differs from the model's recorded sample
  | 'lost'; // the browser took the device away

export interface Refusal {
  readonly device: string;
  /** If absent, the refusal is for all graphs. */
  readonly graph?: GraphName;
  readonly code: RefusalCode;
  /** The reason in words. */
  readonly message: string;
}

/** Which device each graph runs on, and why not on another. Plain data, a snapshot. */
export interface DeviceReport {
  /** The name of the backend, e.g. `onnxruntime-node/cpu`, `onnxruntime-web`. */
  readonly backend: string;
  /**
   * The device of each loaded graph: an execution provider of ONNX Runtime on Node.js (`cpu`,
   * `cuda`, ...), `webgpu`, `webgpu+cpu`, `webnn` or `wasm` in a browser; for a custom backend that
   * does not say its device, the name of the backend.
   */
  readonly graphs: Readonly<Partial<Record<GraphName, string>>>;
  readonly dtype: Dtype;
  /** CPU threads per operator, if the backend says; 1 if a page is not cross-origin isolated. */
  readonly threads?: number;
  /** Devices that were preferred, but cannot be used. */
  readonly refused: readonly Refusal[];
  /** A self-check that passed. Absent if none ran. */
  readonly selfCheck?: SelfCheckResult;
  /** Name of the WebGPU adapter, if the browser gives one: e.g. `apple metal-3`. */
  readonly adapter?: string;
}
