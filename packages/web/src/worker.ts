import type { LocalExtras } from './work/create-local.js';
import { Host, type WorkerScope } from './work/host.js';

export type { LocalExtras as WorkerOptions } from './work/create-local.js';

/**
 * Makes a worker a place where CLIPSeg runs: call it once in a worker of your own, which can bring
 * what no message carries, such as prompt strategies, and start it with
 * `createClipSeg({ worker: () => new Worker(new URL('./my-worker.js', import.meta.url), { type: 'module' }) })`.
 */
export function serveClipSeg(options: LocalExtras = {}): void {
  // ONNX Runtime's threads may load the script that started them: they are not meant here.
  if ((globalThis as { name?: string }).name?.startsWith('em-pthread')) return;
  new Host(globalThis as unknown as WorkerScope, options);
}
