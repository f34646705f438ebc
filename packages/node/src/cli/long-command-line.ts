import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

// onnxruntime-node 1.30 ends the process with a segmentation fault when it creates a session and
// the command line is long (20 kB went well, 30 kB never did, whether one argument or thousands;
// a long environment does no harm). So the command then runs in a process whose own command line
// is short, and which gets its arguments over a channel. That process costs about 60 ms and 40 MB,
// which is why short command lines, nearly all, run without it.

/** Bytes of arguments from which a worker is started: far below what was seen to crash. */
const LONG = 4096;

export const isLong = (argv: readonly string[]): boolean =>
  [...process.execArgv, ...argv].reduce((sum, arg) => sum + Buffer.byteLength(arg) + 1, 0) > LONG;

/** What is sent to the worker: first its arguments, then each signal that ends the command. */
export type ToWorker = { readonly argv: readonly string[] } | 'interrupt';

const worker = fileURLToPath(new URL('./cli-worker.js', import.meta.url));

/**
 * Runs the command line in a process of its own, which has this one's streams and terminal.
 * @returns its exit code; a worker that a signal ends takes this process along, by the same signal
 */
export async function runInWorker(argv: readonly string[]): Promise<number> {
  // Two processes cannot be debugged at one port.
  const execArgv = process.execArgv.filter((arg) => !arg.startsWith('--inspect'));
  const child = spawn(process.execPath, [...execArgv, worker], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const send = (message: ToWorker) => child.send(message, () => {}); // it may have ended
  const interrupt = () => send('interrupt');
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  send({ argv });
  const ended = await new Promise<number | NodeJS.Signals>((done) => {
    child.on('error', ({ message }) => {
      process.stderr.write(`clipseg: no process can be started for this: ${message}\n`);
      done(1);
    });
    child.on('close', (code, signal) => done(signal ?? code ?? 1));
  });
  for (const signal of signals) process.off(signal, interrupt);
  if (typeof ended === 'number') return ended;
  process.kill(process.pid, ended);
  return 128 + constants.signals[ended]; // where a signal cannot be sent to oneself
}
