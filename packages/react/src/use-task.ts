import { useEffect, useState, useSyncExternalStore } from 'react';
import { createTaskStore, type TaskState } from './store/task-store.js';

export interface Task<Result> extends TaskState<Result> {
  cancel(): void;
}

/**
 * Work that is done anew when its input is another one; undefined: there is none yet.
 * @param work taken when the component mounts
 */
export function useTask<Input, Result>(
  work: (input: Input, options: { signal: AbortSignal }) => Promise<Result>,
  input: Input | undefined,
  debounce = 0,
): Task<Result> {
  const [store] = useState(() => createTaskStore(work));
  const state = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  useEffect(() => {
    store.run(input, { debounce });
    return store.cancel;
  }, [store, input, debounce]);
  return { ...state, cancel: store.cancel };
}
