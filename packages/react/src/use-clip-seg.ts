import type { ClipSeg, DeviceReport, Prompt, Segmentation, SegmentOptions } from '@clipseg/core';
import type { ManifestGraphs } from '@clipseg/core/model';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { type ClipSegOptions, useStore } from './clip-seg-provider.js';
import type { ClipSegState, ClipSegStore } from './store/clip-seg-store.js';

export interface UseClipSegOptions extends ClipSegOptions {
  /**
   * Load when the component mounts; a list names the graphs to load at once. With false, nothing
   * loads before `load` is called, so users can be asked first. Default true.
   */
  readonly preload?: boolean | readonly (keyof ManifestGraphs)[];
  /** Suspend while loading, and throw errors to the nearest error boundary. Default false. */
  readonly suspense?: boolean;
}

/**
 * `Custom` is the type of prompts that custom strategies add to the built-in ones.
 */
export interface UseClipSeg<Custom = never> extends ClipSegState<unknown, Custom> {
  /** The device of each graph; undefined until `ready`. */
  readonly device: DeviceReport | undefined;
  /** Loads, or tries again. Rejects with the error that `error` also holds. */
  load(): Promise<ClipSeg<unknown, Custom>>;
  /** Calls `ClipSeg.segment`, after loading if needed. For many prompts, encode an image once. */
  segment(
    image: unknown,
    prompts: Prompt<Custom> | readonly Prompt<Custom>[],
    options?: SegmentOptions<Prompt<Custom>>,
  ): Promise<Segmentation>;
  /** Stops loading and this component's calls of `segment`, which reject with `aborted`. */
  cancel(): void;
}

const onServer = typeof window === 'undefined';

/** Creates signals for calls that `cancel` stops. */
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
 * Shares one ClipSeg between all components that use the same options. It loads when the first of
 * them mounts, and is disposed of after the last unmounts. If it has custom strategies, name the
 * type of their prompts: `useClipSeg<Swatch>({ strategies })`.
 */
export function useClipSeg<Custom = never>(options: UseClipSegOptions = {}): UseClipSeg<Custom> {
  const { preload: preloadOption = true, suspense = false, ...create } = options;
  const store: ClipSegStore<unknown, Custom> = useStore(
    Array.isArray(preloadOption) ? { ...create, preload: preloadOption } : create,
  );
  const preload = preloadOption !== false;
  const state = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
  const [cancellation] = useState(createCancellation);
  useEffect(() => store.retain(), [store]);
  useEffect(() => {
    if (preload) store.load().catch(() => {}); // the error is in the state
  }, [store, preload]);
  if (suspense && !onServer) {
    if (state.status === 'error') throw state.error;
    if (state.status === 'loading' || (preload && state.status === 'idle')) throw store.load();
  }
  return useMemo(
    () => ({
      ...state,
      device: state.clipSeg?.device,
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
