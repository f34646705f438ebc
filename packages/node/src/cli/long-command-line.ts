import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

// onnxruntime-node 1.30 crashes with a segmentation fault when it creates a session in a process
// with a long command line (20 kB always worked, 30 kB never, with one argument or thousands; a
// long environment does not matter). A long command therefore runs in a worker process, which has
// a short command line and receives its arguments over IPC. The worker costs about 60 ms and
// 40 MB, so short commands run without it.

/** Commands longer than this, in bytes, run in a worker: far below what crashes. */
const LONG = 4096;

export const isLong = (argv: readonly string[]): boolean =>
  [...process.execArgv, ...argv].reduce((sum, arg) => sum + Buffer.byteLength(arg) + 1, 0) > LONG;

/** Messages to the worker: first its arguments, then one for each SIGINT or SIGTERM. */
export type ToWorker = { readonly argv: readonly string[] } | 'interrupt';

const worker = fileURLToPath(new URL('./cli-worker.js', import.meta.url));

/**
 * Runs the command in a worker process that shares this process's streams and terminal. If a signal
 * kills the worker, the same signal ends this process.
 * @returns the worker's exit code
 */
export async function runInWorker(argv: readonly string[]): Promise<number> {
  // Two processes cannot share a debugging port.
  const execArgv = process.execArgv.filter((arg) => !arg.startsWith('--inspect'));
  const child = spawn(process.execPath, [...execArgv, worker], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const send = (message: ToWorker) => child.send(message, () => {}); // the worker may have ended
  const interrupt = () => send('interrupt');
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  send({ argv });
  const ended = await new Promise<number | NodeJS.Signals>((done) => {
    child.on('error', ({ message }) => {
      process.stderr.write(`clipseg: the worker process cannot be started: ${message}\n`);
      done(1);
    });
    child.on('close', (code, signal) => done(signal ?? code ?? 1));
  });
  for (const signal of signals) process.off(signal, interrupt);
  if (typeof ended === 'number') return ended;
  process.kill(process.pid, ended);
  return 128 + constants.signals[ended]; // on systems where a process cannot signal itself
}
