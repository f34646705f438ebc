import { ClipSegError } from '@clipseg/core';
import type { Backend, GraphSource } from '@clipseg/core/model';
import { ortBackend } from '@clipseg/core/ort';
import { type Device, isGpu } from './device.js';
import { gpuBuild, loadOrt, type OrtModule } from './load-ort.js';
import { nodeNames } from './node-names.js';
import { oneAtATime, Queue } from './queue.js';

/** A device's runtime. */
export interface Runtime {
  readonly backend: Backend;
  /** Whether a failed run breaks the runtime, as in the build without promise integration. */
  readonly fragile: boolean;
}

export interface RuntimeOptions {
  /** URL of the folder with onnxruntime-web's files; default: the bundler's copies. */
  readonly ortFolder?: string;
  readonly threads: number;
  /** Called when the browser takes the device away. */
  onLost(device: Device, message: string): void;
}

// All instances of a thread share one module of ONNX Runtime, so they share its queue.
const queues = new WeakMap<OrtModule, Queue>();

function queueOf(ort: OrtModule): Queue {
  const queue = queues.get(ort) ?? new Queue();
  queues.set(ort, queue);
  return queue;
}

/** Returns ONNX Runtime's execution provider, with options for the graph. */
function provider(device: Device, graph: GraphSource): unknown {
  if (device === 'webnn') return { name: 'webnn', deviceType: 'gpu' };
  if (device !== 'webgpu+cpu') return device;
  const names = typeof graph === 'string' ? [] : nodeNames(graph, 'MultiHeadAttention');
  return { name: 'webgpu', forceCpuNodeNames: names };
}

interface GpuDevice {
  readonly lost: Promise<{ readonly reason?: string; readonly message?: string }>;
}

/** Reports when the browser takes the device away. The device exists after the first session. */
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
    specificationVersion: 1,
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
