import { useEffect, useState, useSyncExternalStore } from 'react';
import { createTaskStore, type TaskState } from './store/task-store.js';

export type Task<Input, Result> = TaskState<Input, Result> & { cancel(): void };

/**
 * Runs `work` again when its input changes; undefined means that there is no input yet.
 * @param work read when the component mounts
 */
export function useTask<Input, Result>(
  work: (input: Input, options: { signal: AbortSignal }) => Promise<Result>,
  input: Input | undefined,
  debounce = 0,
): Task<Input, Result> {
  const [store] = useState(() => createTaskStore(work));
  const state = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  useEffect(() => {
    store.run(input, { debounce });
    return store.cancel;
  }, [store, input, debounce]);
  const { cancel } = store;
  if (state.input === input) return { ...state, cancel };
  // The effect has not run yet, so the store's state belongs to the previous input.
  const status = input === undefined ? 'idle' : 'pending';
  return { ...state, status, error: undefined, cancel };
}
