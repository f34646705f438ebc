import type { ClipSeg, ManifestGraphs, Prompt, Segmentation, SegmentOptions } from '@clipseg/core';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { type ClipSegOptions, useStore } from './clip-seg-provider.js';
import type { ClipSegState } from './store/clip-seg-store.js';

export interface UseClipSegOptions extends ClipSegOptions {
  /**
   * Load as soon as the component is there; a list names the graphs to load at once. False waits
   * for `load`, so that people can be asked first. Default true.
   */
  readonly preload?: boolean | readonly (keyof ManifestGraphs)[];
  /**
   * Suspend while loading, and throw what went wrong to the nearest error boundary. Default false.
   */
  readonly suspense?: boolean;
}

export interface UseClipSeg extends ClipSegState {
  /** The backend that the graphs run on, where `ready`. */
  readonly device: string | undefined;
  /** Loads, or tries again. Rejects with what went wrong, which `error` has too. */
  load(): Promise<ClipSeg<unknown>>;
  /**
   * `ClipSeg.segment`, after loading where that is to be done. Encode a picture once for many
   * prompts.
   */
  segment(
    image: unknown,
    prompts: Prompt | readonly Prompt[],
    options?: SegmentOptions,
  ): Promise<Segmentation>;
  /** Stops loading, and the calls of this component's `segment`, which reject with `aborted`. */
  cancel(): void;
}

const onServer = typeof window === 'undefined';

/** Signals for calls that `cancel` stops. */
function createCancellation() {
  let controller = new AbortController();
  return {
    signal: (other?: AbortSignal) =>
      other ? AbortSignal.any([controller.signal, other]) : controller.signal,
    cancel() {
      controller.abort();
      controller = new AbortController();
    },
  };
}

/**
 * A ClipSeg shared by all components that ask with the same options, loaded when the first of them
 * is there and freed after the last.
 */
export function useClipSeg(options: UseClipSegOptions = {}): UseClipSeg {
  const { preload: wanted = true, suspense = false, ...create } = options;
  const store = useStore(Array.isArray(wanted) ? { ...create, preload: wanted } : create);
  const preload = wanted !== false;
  const state = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
  const [cancellation] = useState(createCancellation);
  useEffect(() => store.retain(), [store]);
  useEffect(() => {
    if (preload) store.load().catch(() => {}); // the state has the error
  }, [store, preload]);
  if (suspense && !onServer) {
    if (state.status === 'error') throw state.error;
    if (state.status === 'loading' || (preload && state.status === 'idle')) throw store.load();
  }
  return useMemo(
    () => ({
      ...state,
      device: state.clipSeg?.model.backend,
      load: store.load,
      async segment(image, prompts, { signal, ...call } = {}) {
        const clipSeg = await store.load();
        return clipSeg.segment(image, prompts, { ...call, signal: cancellation.signal(signal) });
      },
      cancel() {
        cancellation.cancel();
        store.cancel();
      },
    }),
    [state, store, cancellation],
  );
}
