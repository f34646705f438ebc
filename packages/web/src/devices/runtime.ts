import { type Backend, ClipSegError, type GraphSource } from '@clipseg/core';
import { ortBackend } from '@clipseg/core/ort';
import { type Device, isGpu } from './device.js';
import { gpuBuild, loadOrt, type OrtModule } from './load-ort.js';
import { nodeNames } from './node-names.js';
import { oneAtATime, Queue } from './queue.js';

/** A device with the runtime that drives it. */
export interface Runtime {
  readonly backend: Backend;
  /** After a run that failed, the build without promise integration never finishes another. */
  readonly fragile: boolean;
}

export interface RuntimeOptions {
  /** Where onnxruntime-web's files are served; without it, the bundler's copies. */
  readonly ortFolder?: string;
  readonly threads: number;
  /** The browser took the device away. */
  onLost(device: Device, message: string): void;
}

// A module of ONNX Runtime is one for all instances of a thread, and so is its queue.
const queues = new WeakMap<OrtModule, Queue>();

function queueOf(ort: OrtModule): Queue {
  const queue = queues.get(ort) ?? new Queue();
  queues.set(ort, queue);
  return queue;
}

/** ONNX Runtime's execution provider, with what it is told of the graph. */
function provider(device: Device, graph: GraphSource): unknown {
  if (device === 'webnn') return { name: 'webnn', deviceType: 'gpu' };
  if (device !== 'webgpu+cpu') return device;
  const names = typeof graph === 'string' ? [] : nodeNames(graph, 'MultiHeadAttention');
  return { name: 'webgpu', forceCpuNodeNames: names };
}

interface GpuDevice {
  readonly lost: Promise<{ readonly reason?: string; readonly message?: string }>;
}

/** Tells when the browser takes the device away; the device is there after the first session. */
function watch(ort: OrtModule, backend: Backend, onLost: (message: string) => void): Backend {
  let watching = false;
  return {
    ...backend,
    async createSession(graph, options) {
      const session = await backend.createSession(graph, options);
      if (!watching) {
        watching = true;
        const device = (await ort.env.webgpu.device) as GpuDevice;
        device.lost.then(({ reason, message }) => onLost(message || reason || 'lost'));
      }
      return session;
    },
  };
}

/**
 * Loads the runtime of a device.
 * @throws ClipSegError `backend`
 */
export async function openRuntime(device: Device, options: RuntimeOptions): Promise<Runtime> {
  const build = device === 'wasm' ? 'wasm' : gpuBuild();
  let ort: OrtModule;
  try {
    ort = await loadOrt(build, options.ortFolder);
  } catch (cause) {
    const where = options.ortFolder ?? 'the bundle';
    const message = `ONNX Runtime (${build}) cannot be loaded from ${where}: ${cause}`;
    throw new ClipSegError('backend', message, { cause });
  }
  ort.env.wasm.numThreads = options.threads;
  const name = `onnxruntime-web/${device}`;
  const plain: Backend = {
    name,
    createSession(graph, call) {
      const sessionOptions = { executionProviders: [provider(device, graph)] };
      return ortBackend({ ort, name, sessionOptions }).createSession(graph, call);
    },
  };
  const backend = isGpu(device)
    ? watch(ort, plain, (message) => options.onLost(device, message))
    : plain;
  return { backend: oneAtATime(backend, queueOf(ort)), fragile: build === 'webgpu' };
}
