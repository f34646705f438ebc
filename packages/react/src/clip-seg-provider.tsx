import type { ClipSeg, RawImage } from '@clipseg/core';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { sameValue } from './same-value.js';
import { type ClipSegStore, createClipSegStore, type LoadOptions } from './store/clip-seg-store.js';
import { useStable } from './use-stable.js';

/**
 * Options of the adapter's `createClipSeg`. Equal options share one ClipSeg. Create values that
 * are not plain (a model source, strategies) outside of the component.
 */
export interface ClipSegOptions {
  readonly model?: unknown;
  readonly device?: string;
  readonly dtype?: string;
  readonly [option: string]: unknown;
}

export interface ClipSegProviderProps {
  /** The adapter: `import { createClipSeg } from '@clipseg/web'`. Read when the provider mounts. */
  readonly create: (options: never) => Promise<ClipSeg<never>>;
  /** The adapter's `decodeImage`, for `useRawImage`. Read when the provider mounts. */
  readonly decode?: (source: never, options: { signal: AbortSignal }) => Promise<RawImage>;
  /** Default options for `useClipSeg`, which can override some of them. */
  readonly options?: ClipSegOptions;
  /** How long a ClipSeg outlives its last user, in milliseconds. Default 1000. */
  readonly keepAlive?: number;
  readonly children?: ReactNode;
}

type Registry = (options: ClipSegOptions) => ClipSegStore;

/** Creates the ClipSegs of a provider, one for equal options. */
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

type Decode = (source: unknown, options: { signal: AbortSignal }) => Promise<RawImage>;

interface Provided {
  readonly registry: Registry;
  readonly decode: Decode | undefined;
  readonly defaults: ClipSegOptions;
}

const Context = createContext<Provided | undefined>(undefined);
const NONE: ClipSegOptions = {};

/**
 * Provides an adapter to the components below it. Nothing loads before one of them needs it.
 */
export function ClipSegProvider(props: ClipSegProviderProps) {
  const [registry] = useState(() => createRegistry(props));
  const defaults = useStable(props.options ?? NONE);
  const [decode] = useState(() => props.decode as Decode | undefined);
  const value = useMemo(() => ({ registry, decode, defaults }), [registry, decode, defaults]);
  return <Context.Provider value={value}>{props.children}</Context.Provider>;
}

/** @throws Error if there is no provider above */
function useProvided(): Provided {
  const provided = useContext(Context);
  if (provided) return provided;
  throw new Error('useClipSeg needs <ClipSegProvider create={createClipSeg}> above it.');
}

/** Returns the provider's store for the options, merged over the provider's own. */
export function useStore(options: ClipSegOptions): ClipSegStore {
  const { registry, defaults } = useProvided();
  const stable = useStable(options);
  return useMemo(() => registry({ ...defaults, ...stable }), [registry, defaults, stable]);
}

/** @throws Error if the provider has no `decode` */
export function useDecoder(): Decode {
  const { decode } = useProvided();
  if (decode) return decode;
  throw new Error('useRawImage needs <ClipSegProvider decode={decodeImage}> above it.');
}
