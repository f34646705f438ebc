import { type Backend, ClipSegError } from '@clipseg/core';
import { ortBackend } from '@clipseg/core/ort';
import type { Device } from './device.js';
import { gpuBuild, loadOrt, type OrtModule } from './load-ort.js';

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
  onLost(device: Device, message: string): void;
}

const providers = {
  webgpu: ['webgpu'],
  webnn: [{ name: 'webnn', deviceType: 'gpu' }],
  wasm: ['wasm'],
};

/** ONNX Runtime Web loads one graph at a time. */
function oneAtATime(backend: Backend): Backend {
  let queue: Promise<unknown> = Promise.resolve();
  return {
    ...backend,
    createSession(graph, options) {
      const session = queue.then(() => backend.createSession(graph, options));
      queue = session.catch(() => {});
      return session;
    },
  };
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
  if (device === 'webgpu') ort.env.webgpu.powerPreference = 'high-performance';
  const sessionOptions = { executionProviders: providers[device] };
  const plain = ortBackend({ ort, name: `onnxruntime-web/${device}`, sessionOptions });
  const backend =
    device === 'webgpu' ? watch(ort, plain, (message) => options.onLost(device, message)) : plain;
  return { backend: oneAtATime(backend), fragile: build === 'webgpu' };
}
