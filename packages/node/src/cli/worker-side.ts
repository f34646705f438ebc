import type { ToWorker } from './long-command-line.js';

interface Command {
  readonly argv: readonly string[];
  /** Calls back for each signal that the starting process has got, and when it is gone. */
  readonly onInterrupt: (interrupt: () => void) => void;
}

/** The time that a worker has for cleaning up when nobody waits for it any more. */
const LAST_MS = 5000;

/** What the process that started this one sends: see long-command-line.ts. */
export function receiveCommand(): Promise<Command> {
  let interrupt: () => void = () => {};
  const onInterrupt = (callback: () => void) => {
    interrupt = callback;
  };
  if (!process.connected) {
    process.stderr.write('clipseg: this file is started by the clipseg command only.\n');
    process.exit(2);
  }
  // However the starting process ends, SIGKILL too, the channel closes.
  process.on('disconnect', () => {
    interrupt();
    setTimeout(() => process.exit(130), LAST_MS).unref();
  });
  return new Promise((done) => {
    process.on('message', (message: ToWorker) => {
      if (message === 'interrupt') return interrupt();
      process.channel?.unref(); // the command's end is this process's end
      done({ argv: message.argv, onInterrupt });
    });
  });
}
