import { busy } from './errors.mjs';

/**
 * Lets `running` through at a time. At most `waiting` wait behind them, for at most `waitTimeout`
 * milliseconds; whoever finds no place is refused. Whoever gives up leaves the queue.
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
      const timer = setTimeout(() => refuse(busy('The queue is too slow.')), waitTimeout);
      signal.addEventListener('abort', giveUp);
      queue.add(proceed);
    });

  return {
    get full() {
      return active >= running && queue.size >= waiting;
    },
    /** The place is held until `work` has really ended, however early its signal fires. */
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
