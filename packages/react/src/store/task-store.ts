import { ClipSegError, latest } from '@clipseg/core';

/**
 * Work that is done anew whenever its input changes. The last result stays while the next is made.
 */
export interface TaskState<Input, Result> {
  /** `idle`: there is no input; `pending`: a result for the present input is being made. */
  readonly status: 'idle' | 'pending' | 'ready' | 'error';
  /** What was asked for last. */
  readonly input: Input | undefined;
  /** Of the present input, or of an earlier one while `pending`. */
  readonly result: Result | undefined;
  /** What the result was made of. */
  readonly madeOf: Input | undefined;
  readonly error: Error | undefined;
}

export interface TaskStore<Input, Result> {
  getSnapshot(): TaskState<Input, Result>;
  subscribe(listener: () => void): () => void;
  /**
   * Starts over, after `debounce` milliseconds without another call; undefined ends and forgets.
   */
  run(input: Input | undefined, options?: { debounce?: number }): void;
  /** Stops what is under way; the last result stays. */
  cancel(): void;
}

const NONE = { input: undefined, result: undefined, madeOf: undefined, error: undefined };
const IDLE: TaskState<never, never> = { status: 'idle', ...NONE };

/** Latest wins: of inputs that come while one is worked on, only the last is. */
export function createTaskStore<Input, Result>(
  work: (input: Input, options: { signal: AbortSignal }) => Promise<Result>,
): TaskStore<Input, Result> {
  const listeners = new Set<() => void>();
  const ask = latest(work);
  let state: TaskState<Input, Result> = IDLE;
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(next: TaskState<Input, Result>): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function stop(): void {
    clearTimeout(timer);
    controller.abort(new ClipSegError('aborted', 'A newer input took the place of this one.'));
    controller = new AbortController();
  }

  async function start(input: Input): Promise<void> {
    const { signal } = controller;
    try {
      const result = await ask(input, { signal });
      if (!signal.aborted) set({ ...NONE, status: 'ready', input, result, madeOf: input });
    } catch (error) {
      if (!signal.aborted) set({ ...NONE, status: 'error', input, error: error as Error });
    }
  }

  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    run(input, { debounce = 0 } = {}) {
      stop();
      if (input === undefined) {
        if (state !== IDLE) set(IDLE);
        return;
      }
      set({ ...state, status: 'pending', input, error: undefined });
      if (debounce > 0) timer = setTimeout(() => start(input), debounce);
      else start(input);
    },
    cancel() {
      stop();
      if (state.status === 'pending') {
        set({ ...state, status: state.result === undefined ? 'idle' : 'ready' });
      }
    },
  };
}
