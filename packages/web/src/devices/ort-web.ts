import { type Backend, ClipSegError, type Session } from '@clipseg/core';
import { type Device, devices } from './device.js';
import { openRuntime, type Runtime } from './runtime.js';
import { threadsFor } from './threads.js';

export interface OrtWebOptions {
  /** Default `wasm`. */
  readonly device?: Device;
  /** Of WASM. Default: by the machine's cores; 1 unless the page is cross-origin isolated. */
  readonly threads?: number;
  /** URL of a folder that serves onnxruntime-web's `dist`; without it, the bundler's copies. */
  readonly ortFolder?: string;
}

/**
 * ONNX Runtime Web on one device as a backend, in the thread of the caller. `createClipSeg` uses
 * several, with checks between them; this is for engines put together by hand. The runtime is
 * loaded with the first graph.
 * @throws ClipSegError `invalid-argument`
 */
export function ortWeb({ device = 'wasm', threads, ortFolder }: OrtWebOptions = {}): Backend {
  if (!devices.includes(device)) {
    throw new ClipSegError('invalid-argument', `device is ${device}, not ${devices.join(', ')}.`);
  }
  const { count } = threadsFor(threads);
  let runtime: Promise<Runtime> | undefined;
  return {
    name: `onnxruntime-web/${device}`,
    async createSession(graph, options): Promise<Session> {
      runtime ??= openRuntime(device, { ortFolder, threads: count, onLost: () => {} });
      return (await runtime).backend.createSession(graph, options);
    },
  };
}
