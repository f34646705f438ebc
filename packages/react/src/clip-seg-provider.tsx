import type { ClipSeg } from '@clipseg/core';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { sameValue } from './same-value.js';
import { type ClipSegStore, createClipSegStore, type LoadOptions } from './store/clip-seg-store.js';
import { useStable } from './use-stable.js';

/**
 * Options of the adapter's `createClipSeg`. Those with the same values share one ClipSeg; what is no
 * plain value (a model source, strategies) is to be made outside of the component.
 */
export interface ClipSegOptions {
  readonly model?: unknown;
  readonly device?: string;
  readonly dtype?: string;
  readonly [option: string]: unknown;
}

export interface ClipSegProviderProps {
  /** The adapter: `import { createClipSeg } from '@clipseg/web'`. Taken when the provider mounts. */
  readonly create: (options: never) => Promise<ClipSeg<never>>;
  /** For `useClipSeg`, which may override some of them. */
  readonly options?: ClipSegOptions;
  /** How long a ClipSeg outlives its last user, milliseconds. Default 1000. */
  readonly keepAlive?: number;
  readonly children?: ReactNode;
}

type Registry = (options: ClipSegOptions) => ClipSegStore;

/** The ClipSegs of a provider, one for options of the same values. */
function createRegistry({ create, keepAlive = 1000 }: ClipSegProviderProps): Registry {
  const stores: { options: ClipSegOptions; store: ClipSegStore }[] = [];
  return (options) => {
    const known = stores.find((one) => sameValue(one.options, options));
    if (known) return known.store;
    const made = createClipSegStore({
      create: (load: LoadOptions) => create({ ...options, ...load } as never),
      keepAlive,
    }) as ClipSegStore;
    stores.push({ options, store: made });
    return made;
  };
}

interface Provided {
  readonly registry: Registry;
  readonly defaults: ClipSegOptions;
}

const Context = createContext<Provided | undefined>(undefined);
const NONE: ClipSegOptions = {};

/**
 * Gives the components below it the adapter that they segment with. Nothing is loaded before one of
 * them asks for it.
 */
export function ClipSegProvider(props: ClipSegProviderProps) {
  const [registry] = useState(() => createRegistry(props));
  const defaults = useStable(props.options ?? NONE);
  const value = useMemo(() => ({ registry, defaults }), [registry, defaults]);
  return <Context.Provider value={value}>{props.children}</Context.Provider>;
}

/**
 * The store that the provider above keeps for the options, which go over its own.
 * @throws Error where no provider is above
 */
export function useStore(options: ClipSegOptions): ClipSegStore {
  const provided = useContext(Context);
  if (!provided) {
    throw new Error('useClipSeg needs <ClipSegProvider create={createClipSeg}> above it.');
  }
  const { registry, defaults } = provided;
  const own = useStable(options);
  return useMemo(() => registry({ ...defaults, ...own }), [registry, defaults, own]);
}
