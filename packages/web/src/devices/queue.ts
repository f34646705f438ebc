import type { Backend, Session } from '@clipseg/core';

/** Work that must not overlap, in the order it came. */
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
 * A backend of which one thing at a time is asked: ONNX Runtime Web loads no two graphs at once,
 * and its builds that wait for a GPU cannot be entered again while they do.
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
