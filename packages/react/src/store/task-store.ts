import { ClipSegError, latest } from '@clipseg/core';

/** Work that is done anew whenever its input changes. The last result stays while the next is made. */
export interface TaskState<Result> {
  /** `idle`: there is no input; `pending`: a result for the present input is being made. */
  readonly status: 'idle' | 'pending' | 'ready' | 'error';
  /** Of the present input, or of an earlier one while `pending`. */
  readonly result: Result | undefined;
  readonly error: Error | undefined;
}

export interface TaskStore<Input, Result> {
  getSnapshot(): TaskState<Result>;
  subscribe(listener: () => void): () => void;
  /** Starts over, after `debounce` milliseconds without another call; undefined ends and forgets. */
  run(input: Input | undefined, options?: { debounce?: number }): void;
  /** Stops what is under way; the last result stays. */
  cancel(): void;
}

const IDLE: TaskState<never> = { status: 'idle', result: undefined, error: undefined };

/** Latest wins: of inputs that come while one is worked on, only the last is. */
export function createTaskStore<Input, Result>(
  work: (input: Input, options: { signal: AbortSignal }) => Promise<Result>,
): TaskStore<Input, Result> {
  const listeners = new Set<() => void>();
  const ask = latest(work);
  let state: TaskState<Result> = IDLE;
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(next: TaskState<Result>): void {
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
      if (!signal.aborted) set({ status: 'ready', result, error: undefined });
    } catch (error) {
      if (!signal.aborted) set({ status: 'error', result: undefined, error: error as Error });
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
      set({ status: 'pending', result: state.result, error: undefined });
      if (debounce > 0) timer = setTimeout(() => start(input), debounce);
      else start(input);
    },
    cancel() {
      stop();
      const { result } = state;
      if (state.status === 'pending') {
        set({ status: result === undefined ? 'idle' : 'ready', result, error: undefined });
      }
    },
  };
}
