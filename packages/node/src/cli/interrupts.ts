export type OnInterrupt = (interrupt: () => void) => void;

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Stops the command, for another reason than a signal. */
  abort(reason: Error): void;
  stop(): void;
}

/**
 * Ctrl-C or SIGTERM fires the signal; the second one ends the process at once. A terminal sends
 * Ctrl-C to a worker and to the process that started it, which passes it on: that is one, so what
 * comes on either way is counted for itself.
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
