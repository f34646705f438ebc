import { busy } from './errors.mjs';

/**
 * Runs at most `running` tasks at a time. At most `waiting` tasks wait, each for at most
 * `waitTimeout` milliseconds; further ones are rejected. A task whose signal fires leaves the
 * queue.
 */
export function createGate({ running, waiting, waitTimeout }) {
  let active = 0;
  const queue = new Set(); // in order of arrival

  const turn = (signal) =>
    new Promise((resolve, reject) => {
      const leave = (settle) => (value) => {
        queue.delete(proceed);
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        settle(value);
      };
      const proceed = leave(resolve);
      const refuse = leave(reject);
      const giveUp = () => refuse(signal.reason);
      const timer = setTimeout(
        () => refuse(busy('The wait in the queue is too long.')),
        waitTimeout,
      );
      signal.addEventListener('abort', giveUp);
      queue.add(proceed);
    });

  return {
    get full() {
      return active >= running && queue.size >= waiting;
    },
    /** Holds the slot until `work` has really ended, even if its signal fires earlier. */
    async run(work, signal) {
      signal.throwIfAborted();
      if (this.full) throw busy('The queue is full.');
      if (active < running) active++;
      else await turn(signal);
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        const [next] = queue;
        if (next) next();
        else active--;
      }
    },
  };
}
