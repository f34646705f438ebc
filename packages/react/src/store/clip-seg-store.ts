import { type ClipSeg, ClipSegError, type Progress } from '@clipseg/core';

/**
 * `idle`: nothing is loaded, and nothing loads before `load` is called; `loading`; `ready`;
 * `error`: loading failed, and `load` tries again.
 */
export type ClipSegStatus = 'idle' | 'loading' | 'ready' | 'error';

export interface ClipSegState<ImageInput = unknown, Custom = never> {
  readonly status: ClipSegStatus;
  /** The last progress that was reported while loading. */
  readonly progress: Progress | undefined;
  readonly error: Error | undefined;
  /** Undefined until `ready`. */
  readonly clipSeg: ClipSeg<ImageInput, Custom> | undefined;
}

/** Passed to an adapter's `createClipSeg`, in addition to its own options. */
export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** One ClipSeg that several components share; independent of React. */
export interface ClipSegStore<ImageInput = unknown, Custom = never> {
  getSnapshot(): ClipSegState<ImageInput, Custom>;
  /** The state on a server, where nothing loads. */
  getServerSnapshot(): ClipSegState<ImageInput, Custom>;
  subscribe(listener: () => void): () => void;
  /** Loads, joins the current load, or returns what is loaded. */
  load(): Promise<ClipSeg<ImageInput, Custom>>;
  /** Stops loading. */
  cancel(): void;
  /** Adds a user. The function returned removes it, once; after the last, the ClipSeg is freed. */
  retain(): () => void;
}

export interface ClipSegStoreOptions<ImageInput> {
  readonly create: (options: LoadOptions) => Promise<ClipSeg<ImageInput>>;
  /** How long the ClipSeg outlives its last user, in ms: pages change, StrictMode remounts. */
  readonly keepAlive: number;
}

const IDLE: ClipSegState<never> = {
  status: 'idle',
  progress: undefined,
  error: undefined,
  clipSeg: undefined,
};

/** How long a load that a suspended component started waits for that component to mount. */
const UNCLAIMED_MS = 30_000;

const asError = (reason: unknown): Error =>
  reason instanceof Error || ClipSegError.isInstance(reason)
    ? (reason as Error)
    : new Error(String(reason));

export function createClipSegStore<ImageInput>(
  options: ClipSegStoreOptions<ImageInput>,
): ClipSegStore<ImageInput> {
  const listeners = new Set<() => void>();
  let state: ClipSegState<ImageInput> = IDLE;
  let users = 0;
  let claimed = false;
  let pending: ReturnType<typeof setTimeout> | undefined;
  let loading: { promise: Promise<ClipSeg<ImageInput>>; controller: AbortController } | undefined;

  function set(next: ClipSegState<ImageInput>): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function free(): void {
    cancel();
    const { clipSeg } = state;
    set(IDLE);
    clipSeg?.dispose().catch(() => {}); // there is no caller left to tell
  }

  /** Frees the ClipSeg after a delay, unless somebody uses it before. */
  function expire(): void {
    clearTimeout(pending);
    if (users > 0 || (!loading && !state.clipSeg)) return;
    pending = setTimeout(free, claimed ? options.keepAlive : UNCLAIMED_MS);
  }

  function cancel(): void {
    loading?.controller.abort(new ClipSegError('aborted', 'Loading was cancelled.'));
    loading = undefined;
    if (state.status === 'loading') set(IDLE);
  }

  async function create(controller: AbortController): Promise<ClipSeg<ImageInput>> {
    const { signal } = controller;
    const current = () => loading?.controller === controller;
    const onProgress = (progress: Progress) => {
      if (current()) set({ ...state, progress });
    };
    try {
      const clipSeg = await options.create({ signal, onProgress });
      if (!current()) {
        await clipSeg.dispose(); // cancelled too late for the adapter to notice
        throw new ClipSegError('aborted', 'Loading was cancelled.', { cause: signal.reason });
      }
      loading = undefined;
      set({ ...state, status: 'ready', clipSeg });
      expire();
      return clipSeg;
    } catch (reason) {
      if (current()) {
        loading = undefined;
        set({ ...IDLE, status: 'error', error: asError(reason) });
      }
      throw reason;
    }
  }

  return {
    getSnapshot: () => state,
    getServerSnapshot: () => IDLE,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load() {
      if (state.clipSeg) return Promise.resolve(state.clipSeg);
      if (loading) return loading.promise;
      claimed = users > 0;
      const controller = new AbortController();
      loading = { controller, promise: Promise.resolve().then(() => create(controller)) };
      loading.promise.catch(() => {}); // the error is in the state; callers have the promise
      set({ ...IDLE, status: 'loading' });
      expire();
      return loading.promise;
    },
    cancel,
    retain() {
      users++;
      claimed = true;
      clearTimeout(pending);
      let counted = true;
      return () => {
        if (!counted) return;
        counted = false;
        users--;
        expire();
      };
    },
  };
}
