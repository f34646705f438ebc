import type { Dtype, GraphName, SelfCheckResult } from '@clipseg/core';

/**
 * What computes: the GPU; the GPU but for the attention, which some adapters get wrong; the
 * browser's own neural network API; or WebAssembly on the CPU.
 */
export type Device = 'webgpu' | 'webgpu+cpu' | 'webnn' | 'wasm';
export const devices: readonly Device[] = ['webgpu', 'webgpu+cpu', 'webnn', 'wasm'];

export const isGpu = (device: Device): boolean => device.startsWith('webgpu');

/**
 * `auto` tries WebGPU (on real hardware) in both forms, then WASM. A device stands for itself
 * alone, and what it cannot do is an error; a list is tried in its order.
 */
export type DeviceChoice = 'auto' | Device | readonly Device[];

/** Why a device does not run a graph. */
export type RefusalCode =
  | 'unavailable' // the browser has none, or the page is no secure context
  | 'software' // an adapter that computes on the CPU, slower than WASM
  | 'dtype' // it cannot compute in the dtype
  | 'unchecked' // loaded after the self-check, which could not cover it
  | 'load' // the runtime or the graph could not be loaded
  | 'run' // the graph failed while it ran
  | 'self-check' // it computes something else than the model's recorded sample
  | 'lost'; // the browser took the device away

export interface Refusal {
  readonly device: Device;
  /** All graphs where absent. */
  readonly graph?: GraphName;
  readonly code: RefusalCode;
  /** For people. */
  readonly message: string;
}

/** What runs where, and why not elsewhere. */
export interface DeviceReport {
  /** The device of every graph that is loaded. */
  readonly graphs: Readonly<Partial<Record<GraphName, Device>>>;
  readonly dtype: Dtype;
  /** Of WASM; 1 where the page is not cross-origin isolated. */
  readonly threads: number;
  /** Devices that would have come first. */
  readonly refused: readonly Refusal[];
  /** Absent when the check was left out, or the model holds no sample. */
  readonly selfCheck?: SelfCheckResult;
  /** Of WebGPU, as far as the browser tells: e.g. `apple metal-3`. */
  readonly adapter?: string;
}
