import { ClipSegError } from '@clipseg/core';
import type { LocalExtras } from './worker/create-local.js';
import { Host, type WorkerScope } from './worker/host.js';

export type { LocalExtras as WorkerOptions } from './worker/create-local.js';

const MISBUNDLED =
  "WASM's threads cannot start: the worker was bundled as a classic script, but must be an ES module. " +
  "Vite: worker: { format: 'es' }";

/**
 * Serves CLIPSeg from a worker. Call it once in a custom worker, which can use what cannot be sent
 * in a message, such as prompt strategies, and start that worker with `createClipSeg({ worker: ()
 * => new Worker(new URL('./my-worker.js', import.meta.url), { type: 'module' }) })`.
 */
export function serveClipSeg(options: LocalExtras = {}): void {
  const { name, onmessage } = globalThis as { name?: string; onmessage?: unknown };
  if (name?.startsWith('em-pthread')) {
    // ONNX Runtime's threads load the script that started them. If that script is a part of this
    // one and has already set its handler, all is well. If it would load later, nobody would
    // handle the thread's messages.
    if (onmessage) return;
    throw new ClipSegError('backend', MISBUNDLED);
  }
  globalThis.addEventListener('error', tellWhy);
  new Host(globalThis as unknown as WorkerScope, options);
}

/** ONNX Runtime rethrows an error of a thread as an event, which a page cannot read. */
function tellWhy(event: ErrorEvent): void {
  if (!(event.error instanceof ErrorEvent)) return;
  event.preventDefault();
  const reason = event.error.message.replace(/^Uncaught (\w+: )?/, '');
  queueMicrotask(() => {
    throw new Error(reason);
  });
}
