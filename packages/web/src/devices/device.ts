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
