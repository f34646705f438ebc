import { ClipSegError } from '@clipseg/core';
import type { LocalExtras } from './worker/create-local.js';
import { Host, type WorkerScope } from './worker/host.js';

export type { LocalExtras as WorkerOptions } from './worker/create-local.js';

const MISBUNDLED =
  "WASM's threads cannot start: the worker was bundled as a classic script, and is to be an ES module. " +
  "Vite: worker: { format: 'es' }";

/**
 * Makes a worker a place where CLIPSeg runs: call it once in a worker of your own, which can bring
 * what no message carries, such as prompt strategies, and start it with `createClipSeg({ worker: ()
 * => new Worker(new URL('./my-worker.js', import.meta.url), { type: 'module' }) })`.
 */
export function serveClipSeg(options: LocalExtras = {}): void {
  const { name, onmessage } = globalThis as { name?: string; onmessage?: unknown };
  if (name?.startsWith('em-pthread')) {
    // ONNX Runtime's threads load the script that started them. Where it is a part of this one and
    // has begun, that is right; where it would be loaded later, nobody would listen to what they
    // are told.
    if (onmessage) return;
    throw new ClipSegError('backend', MISBUNDLED);
  }
  globalThis.addEventListener('error', tellWhy);
  new Host(globalThis as unknown as WorkerScope, options);
}

/** What went wrong in a thread ONNX Runtime throws as an event, which says nothing to a page. */
function tellWhy(event: ErrorEvent): void {
  if (!(event.error instanceof ErrorEvent)) return;
  event.preventDefault();
  const reason = event.error.message.replace(/^Uncaught (\w+: )?/, '');
  queueMicrotask(() => {
    throw new Error(reason);
  });
}
