import { ClipSegError } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import type { Backend } from '@clipseg/core/model';
import { ortBackend } from '@clipseg/core/ort';
import { defaultThreads } from './cpu-quota.js';
import { loadOrt } from './onnxruntime.js';

export type Device = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';
const devices: readonly Device[] = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'];

export interface OrtNodeOptions {
  /** ONNX Runtime's execution provider. Default `cpu`, which runs what the device lacks. */
  readonly device?: Device;
  /**
   * Threads per operator. Default: the number of processors, or the container's CPU quota if that
   * is smaller.
   */
  readonly threads?: number;
}

/**
 * Lists the execution providers in this build of ONNX Runtime.
 * @throws ClipSegError `backend` if onnxruntime-node cannot be loaded
 */
export async function availableDevices(): Promise<string[]> {
  const ort = await loadOrt();
  return ort.listSupportedBackends().map(({ name }) => name);
}

/** @throws ClipSegError `backend` if onnxruntime-node cannot be loaded or lacks the device */
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
 * Creates a backend of ONNX Runtime for Node.js. The library is loaded with the first session:
 * `createSession` throws `backend` if onnxruntime-node cannot be loaded or lacks the device.
 *
 * In a worker thread, end the thread only when no run is in progress (wait for `dispose()`):
 * onnxruntime-node ends the whole process with `Napi::Error` if `terminate()`, or `process.exit()`
 * on the main thread, is called during a run. Set ORT_DISABLE_TELEMETRY=1 on the main thread, as a
 * worker cannot.
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
  const count = threads ?? defaultThreads();
  const sessionOptions = {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: count,
    // Each session has its own threads, which would keep spinning after a run and take cores from
    // the next graph: without spinning, text encoder and decoder take half the time.
    extra: { session: { force_spinning_stop: '1' } },
  };
  return {
    specificationVersion: 1,
    name,
    device,
    threads: count,
    async createSession(graph, options) {
      const ort = await loadOrt();
      await checkDevice(device);
      return ortBackend({ ort, name, sessionOptions }).createSession(graph, options);
    },
  };
}
