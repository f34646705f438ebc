import { ClipSegError } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import type { Backend, Session } from '@clipseg/core/model';
import { type Device, devices } from './device.js';
import { openRuntime, type Runtime } from './runtime.js';
import { threadsFor } from './threads.js';

export interface OrtWebOptions {
  /** Default `wasm`. */
  readonly device?: Device;
  /** WASM threads. Default: depends on the CPU; 1 if the page is not cross-origin isolated. */
  readonly threads?: number;
  /** URL of a folder that serves onnxruntime-web's `dist`; default: the bundler's copies. */
  readonly ortFolder?: string;
}

/**
 * Returns a backend that runs ONNX Runtime Web on one device, in the calling thread. It is for
 * custom engines; `createClipSeg` uses several devices and checks them. The runtime loads with the
 * first graph.
 * @throws ClipSegError `invalid-argument`
 */
export function ortWeb({ device = 'wasm', threads, ortFolder }: OrtWebOptions = {}): Backend {
  if (!devices.includes(device)) {
    throw new ClipSegError(
      'invalid-argument',
      `device is ${showValue(device)}; use one of ${devices.join(', ')}.`,
    );
  }
  const { count } = threadsFor(threads);
  let runtime: Promise<Runtime> | undefined;
  return {
    specificationVersion: 1,
    name: `onnxruntime-web/${device}`,
    async createSession(graph, options): Promise<Session> {
      runtime ??= openRuntime(device, { ortFolder, threads: count, onLost: () => {} });
      return (await runtime).backend.createSession(graph, options);
    },
  };
}
