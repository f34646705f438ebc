import { Worker } from 'node:worker_threads';
import { ClipSegError } from '@clipseg/node';

const aborted = (signal) =>
  new ClipSegError('aborted', 'The operation was aborted.', { cause: signal.reason });

/**
 * ONNX Runtime in a thread of its own: onnxruntime-node computes on the thread that calls it, so a
 * server's event loop would stand still meanwhile.
 * @returns {import('@clipseg/node').Backend & { close(): Promise<void> }}
 */
export function threadBackend({ threads } = {}) {
  const options = { workerData: { threads }, execArgv: [] }; // none of the process's own flags
  const worker = new Worker(new URL('thread.mjs', import.meta.url), options);
  worker.unref();
  const calls = new Map();
  let count = 0;
  let ended;
  worker.on('message', ({ id, result, error }) => {
    const { resolve, reject } = calls.get(id);
    calls.delete(id);
    if (calls.size === 0) worker.unref();
    if (error) reject(new ClipSegError(error.code, error.message));
    else resolve(result);
  });
  worker.on('error', (cause) => {
    ended = new ClipSegError('backend', `The thread ended: ${cause.message}`, { cause });
    for (const { reject } of calls.values()) reject(ended);
    calls.clear();
  });
  const call = (method, ...args) =>
    new Promise((resolve, reject) => {
      if (ended) throw ended;
      calls.set(++count, { resolve, reject });
      worker.ref(); // the process waits for an answer
      worker.postMessage({ id: count, method, args });
    });
  const checked = async (work, signal) => {
    if (signal?.aborted) throw aborted(signal);
    const result = await work();
    if (signal?.aborted) throw aborted(signal);
    return result;
  };
  return {
    name: 'onnxruntime-node/thread',
    async createSession(graph, { signal } = {}) {
      const { session, ...names } = await checked(() => call('create', graph), signal);
      let disposed;
      return {
        ...names,
        async run(feeds, { signal: own, outputs } = {}) {
          if (disposed) throw new ClipSegError('disposed', 'The session is disposed.');
          return checked(() => call('run', session, feeds, outputs), own);
        },
        dispose() {
          disposed ??= call('dispose', session);
          return disposed;
        },
      };
    },
    close: () => worker.terminate().then(() => {}),
  };
}
