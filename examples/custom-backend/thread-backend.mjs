import { SHARE_ENV, Worker } from 'node:worker_threads';
import { ClipSegError } from '@clipseg/node';

const aborted = (signal) =>
  new ClipSegError('aborted', 'The operation was aborted.', { cause: signal.reason });

/**
 * Runs ONNX Runtime in a worker thread, because onnxruntime-node computes on the calling thread and
 * would block a server's event loop.
 * @returns {import('@clipseg/node/model').Backend & { close(): Promise<void> }}
 */
export function threadBackend({ threads } = {}) {
  const options = {
    workerData: { threads },
    execArgv: [], // do not inherit the process's flags
    env: SHARE_ENV, // lets @clipseg/node switch off onnxruntime-node's telemetry
  };
  const worker = new Worker(new URL('thread.mjs', import.meta.url), options);
  worker.unref();
  const calls = new Map();
  let count = 0;
  let [ended, closing] = [undefined, false];
  worker.on('message', ({ id, result, error }) => {
    const { resolve, reject } = calls.get(id);
    calls.delete(id);
    if (calls.size === 0 && !closing) worker.unref();
    if (error) reject(new ClipSegError(error.code, error.message));
    else resolve(result);
  });
  const end = (message, cause) => {
    ended ??= new ClipSegError('backend', message, { cause });
    for (const { reject } of calls.values()) reject(ended);
    calls.clear();
  };
  worker.on('error', (cause) => end(`The thread ended: ${cause.message}`, cause));
  const exit = new Promise((done) => worker.once('exit', done));
  exit.then(() => end('The thread is closed.'));
  const call = (method, ...args) =>
    new Promise((resolve, reject) => {
      if (ended) throw ended;
      calls.set(++count, { resolve, reject });
      worker.ref(); // keeps the process alive until the answer
      worker.postMessage({ id: count, method, args });
    });
  const checked = async (work, signal) => {
    if (signal?.aborted) throw aborted(signal);
    const result = await work();
    if (signal?.aborted) throw aborted(signal);
    return result;
  };
  return {
    specificationVersion: 1,
    name: 'onnxruntime-node/thread',
    async createSession(graph, { signal } = {}) {
      const { session, ...names } = await checked(() => call('create', graph), signal);
      let disposed;
      return {
        ...names,
        async run(feeds, { signal: runSignal, outputs } = {}) {
          if (disposed) throw new ClipSegError('disposed', 'The session is disposed.');
          return checked(() => call('run', session, feeds, outputs), runSignal);
        },
        dispose() {
          disposed ??= call('dispose', session);
          return disposed;
        },
      };
    },
    /** Lets the thread end by itself: `terminate()` during a run would end the whole process. */
    close() {
      closing = true;
      worker.ref();
      worker.postMessage({ method: 'close' });
      return exit.then(() => {});
    },
  };
}
