import { type Backend, ClipSegError, showValue } from '@clipseg/core';
import { ortBackend } from '@clipseg/core/ort';
import { defaultThreads } from './cpu-quota.js';
import { loadOrt } from './onnxruntime.js';

export type Device = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';
const devices: readonly Device[] = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'];

export interface OrtNodeOptions {
  /** ONNX Runtime's execution provider; `cpu` by default. Graphs fall back to it node by node. */
  readonly device?: Device;
  /**
   * Threads within one operator. Default: the processors this process may use, or as many as a
   * container's CPU quota pays for.
   */
  readonly threads?: number;
}

/**
 * The execution providers this build of ONNX Runtime has.
 * @throws ClipSegError `backend` when onnxruntime-node cannot be loaded
 */
export async function availableDevices(): Promise<string[]> {
  const ort = await loadOrt();
  return ort.listSupportedBackends().map(({ name }) => name);
}

/** @throws ClipSegError `backend` when onnxruntime-node cannot be loaded, or lacks the device */
export async function checkDevice(device: Device = 'cpu'): Promise<void> {
  const available = await availableDevices();
  if (available.includes(device)) return;
  throw new ClipSegError(
    'backend',
    `This build of onnxruntime-node has no ${device}, only ${available.join(', ')}. For CUDA, ` +
      'run its install script: npm rebuild onnxruntime-node --ignore-scripts=false',
  );
}

/**
 * ONNX Runtime for Node.js as a backend. It is loaded with the first session: `createSession`
 * throws `backend` where onnxruntime-node cannot be loaded or its build lacks the device.
 *
 * In a worker thread: end the thread only when no run is in progress (wait for `dispose()`).
 * onnxruntime-node ends the whole process with `Napi::Error` when `terminate()`, or
 * `process.exit()` on the main thread, falls into a run. Set ORT_DISABLE_TELEMETRY=1 on the main
 * thread: a worker cannot.
 * @throws ClipSegError `invalid-argument`
 */
export function ortNode({ device = 'cpu', threads }: OrtNodeOptions = {}): Backend {
  if (!devices.includes(device)) {
    const message = `device is ${showValue(device)}, not ${devices.join(', ')}.`;
    throw new ClipSegError('invalid-argument', message);
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    const message = `threads is ${showValue(threads)}, not a whole number from 1.`;
    throw new ClipSegError('invalid-argument', message);
  }
  const name = `onnxruntime-node/${device}`;
  const sessionOptions = {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads ?? defaultThreads(),
    // Every session has threads of its own, which go on spinning when a run is over, and would
    // take the cores from the graph that runs next: text encoder and decoder halve their time.
    extra: { session: { force_spinning_stop: '1' } },
  };
  return {
    name,
    async createSession(graph, options) {
      const ort = await loadOrt();
      await checkDevice(device);
      return ortBackend({ ort, name, sessionOptions }).createSession(graph, options);
    },
  };
}
