import { availableParallelism } from 'node:os';
import { type Backend, ClipSegError } from '@clipseg/core';
import { ortBackend } from '@clipseg/core/ort';
import * as ort from 'onnxruntime-node';

export type Device = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';
const devices: readonly Device[] = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'];

export interface OrtNodeOptions {
  /** ONNX Runtime's execution provider; `cpu` by default. Graphs fall back to it node by node. */
  readonly device?: Device;
  /** Threads within one operator; the machine's by default. */
  readonly threads?: number;
}

/** The execution providers this build of ONNX Runtime has. */
export const availableDevices = (): string[] => ort.listSupportedBackends().map(({ name }) => name);

/**
 * ONNX Runtime for Node.js as a backend.
 * @throws ClipSegError `invalid-argument`, `backend` when this build lacks the device
 */
export function ortNode({ device = 'cpu', threads }: OrtNodeOptions = {}): Backend {
  if (!devices.includes(device)) {
    throw new ClipSegError('invalid-argument', `device is ${device}, not ${devices.join(', ')}.`);
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new ClipSegError('invalid-argument', `threads is ${threads}, not a whole number from 1.`);
  }
  const available = availableDevices();
  if (!available.includes(device)) {
    throw new ClipSegError(
      'backend',
      `This build of onnxruntime-node has no ${device}, only ${available.join(', ')}. For CUDA, ` +
        'run its install script: npm rebuild onnxruntime-node --ignore-scripts=false',
    );
  }
  return ortBackend({
    ort,
    name: `onnxruntime-node/${device}`,
    sessionOptions: {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      intraOpNumThreads: threads ?? availableParallelism(),
      // Every session has threads of its own, which go on spinning when a run is over, and would
      // take the cores from the graph that runs next: text encoder and decoder halve their time.
      extra: { session: { force_spinning_stop: '1' } },
    },
  });
}
