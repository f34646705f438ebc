import type { Dtype } from '@clipseg/core';
import type { GraphName, SelfCheckResult } from '@clipseg/core/model';

/**
 * The hardware that computes: the GPU; the GPU with attention on the CPU, because some adapters
 * compute it wrongly; the browser's neural network API; or WebAssembly on the CPU.
 */
export type Device = 'webgpu' | 'webgpu+cpu' | 'webnn' | 'wasm';
export const devices: readonly Device[] = ['webgpu', 'webgpu+cpu', 'webnn', 'wasm'];

export const isGpu = (device: Device): boolean => device.startsWith('webgpu');

/**
 * `auto` tries WebGPU (on real hardware) in both forms, then WASM. A single device has no
 * fallback: what it cannot do is an error. A list is tried in its order.
 */
export type DeviceChoice = 'auto' | Device | readonly Device[];

/** Why a device does not run a graph. */
export type RefusalCode =
  | 'unavailable' // the browser has none, or the page is not a secure context
  | 'software' // an adapter that computes on the CPU, slower than WASM
  | 'dtype' // the device cannot compute in the dtype
  | 'unchecked' // loaded after the self-check, which could not cover it
  | 'load' // the runtime or the graph could not be loaded
  | 'run' // the graph failed while running
  | 'self-check' // the result differs from the model's recorded sample
  | 'lost'; // the browser took the device away

export interface Refusal {
  readonly device: Device;
  /** Absent if the refusal is for all graphs. */
  readonly graph?: GraphName;
  readonly code: RefusalCode;
  /** The reason, to show to people. */
  readonly message: string;
}

/** Which device runs each graph, and why other devices do not. */
export interface DeviceReport {
  /** The device of every loaded graph. */
  readonly graphs: Readonly<Partial<Record<GraphName, Device>>>;
  readonly dtype: Dtype;
  /** WASM threads; 1 if the page is not cross-origin isolated. */
  readonly threads: number;
  /** Devices that were preferred but not used. */
  readonly refused: readonly Refusal[];
  /** Absent if the check was turned off, or the model has no sample. */
  readonly selfCheck?: SelfCheckResult;
  /** The WebGPU adapter, as far as the browser reveals it: e.g. `apple metal-3`. */
  readonly adapter?: string;
}
