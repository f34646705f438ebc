import type { ToWorker } from './long-command-line.js';

interface Command {
  readonly argv: readonly string[];
  /** Registers a callback for each signal that the parent gets, and for the parent's end. */
  readonly onInterrupt: (interrupt: () => void) => void;
}

/** Time that a worker gets for cleanup after its parent has ended. */
const LAST_MS = 5000;

/** Receives the command line and signals from the parent: see long-command-line.ts. */
export function receiveCommand(): Promise<Command> {
  let interrupt: () => void = () => {};
  const onInterrupt = (callback: () => void) => {
    interrupt = callback;
  };
  if (!process.connected) {
    process.stderr.write('clipseg: this file is started only by the clipseg command.\n');
    process.exit(2);
  }
  // The channel closes however the parent ends, even by SIGKILL.
  process.on('disconnect', () => {
    interrupt();
    setTimeout(() => process.exit(130), LAST_MS).unref();
  });
  return new Promise((done) => {
    process.on('message', (message: ToWorker) => {
      if (message === 'interrupt') return interrupt();
      process.channel?.unref(); // this process ends with the command
      done({ argv: message.argv, onInterrupt });
    });
  });
}
