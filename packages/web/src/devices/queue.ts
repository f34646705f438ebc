import type { Backend, Session } from '@clipseg/core/model';

/** Runs tasks one at a time, in the order in which they were added. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  add<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

const queued = (session: Session, queue: Queue): Session => ({
  ...session,
  run: (feeds, options) => queue.add(() => session.run(feeds, options)),
});

/**
 * Wraps a backend so that it does one thing at a time: ONNX Runtime Web cannot load two graphs at
 * once, and its GPU builds cannot be called again while they wait for the GPU.
 */
export function oneAtATime(backend: Backend, queue: Queue): Backend {
  return {
    ...backend,
    async createSession(graph, options) {
      const session = await queue.add(() => backend.createSession(graph, options));
      return queued(session, queue);
    },
  };
}
