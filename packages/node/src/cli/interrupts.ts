export type OnInterrupt = (interrupt: () => void) => void;

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Stops the command for a reason other than a signal. */
  abort(reason: Error): void;
  stop(): void;
}

/**
 * Aborts the signal on Ctrl-C or SIGTERM; the second one ends the process at once. A terminal sends
 * Ctrl-C both to a worker and to its parent, which passes it on. Each path has its own counter, so
 * that one Ctrl-C does not count as two.
 */
export function listenForInterrupts(fromParent?: OnInterrupt): Interrupts {
  const controller = new AbortController();
  const counter = () => {
    let count = 0;
    return () => {
      if (++count > 1) process.exit(130);
      controller.abort(new Error('interrupted'));
    };
  };
  const interrupt = counter();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  fromParent?.(counter());
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    stop() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
