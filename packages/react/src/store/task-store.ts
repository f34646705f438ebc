import { ClipSegError, latest } from '@clipseg/core';

/** Work that runs again whenever its input changes. The last result stays until the next one. */
export interface TaskState<Input, Result> {
  /** `idle`: there is no input; `pending`: the result for the current input is not ready. */
  readonly status: 'idle' | 'pending' | 'ready' | 'error';
  /** The last input. */
  readonly input: Input | undefined;
  /** For the current input, or for an earlier one while `pending`. */
  readonly result: Result | undefined;
  /** The input that `result` was made of. */
  readonly madeOf: Input | undefined;
  readonly error: Error | undefined;
}

export interface TaskStore<Input, Result> {
  getSnapshot(): TaskState<Input, Result>;
  subscribe(listener: () => void): () => void;
  /** Starts over, after `debounce` ms without another call; undefined stops and resets. */
  run(input: Input | undefined, options?: { debounce?: number }): void;
  /** Stops the current work; the last result stays. */
  cancel(): void;
}

const NONE = { input: undefined, result: undefined, madeOf: undefined, error: undefined };
const IDLE: TaskState<never, never> = { status: 'idle', ...NONE };

/** The latest input wins: inputs that are replaced while they wait are skipped. */
export function createTaskStore<Input, Result>(
  work: (input: Input, options: { signal: AbortSignal }) => Promise<Result>,
): TaskStore<Input, Result> {
  const listeners = new Set<() => void>();
  const runLatest = latest(work);
  let state: TaskState<Input, Result> = IDLE;
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(next: TaskState<Input, Result>): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function stop(): void {
    clearTimeout(timer);
    controller.abort(new ClipSegError('aborted', 'A newer input replaced this one.'));
    controller = new AbortController();
  }

  async function start(input: Input): Promise<void> {
    const { signal } = controller;
    try {
      const result = await runLatest(input, { signal });
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
