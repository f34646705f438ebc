import type { ByteStore } from '@clipseg/core/model';

export interface OptionalStore extends ByteStore {
  /** Uses the store; returns `otherwise` if that fails, or if the store has failed before. */
  attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T>;
  /** Stops using the store. */
  giveUp(why: string): void;
}

/**
 * Wraps a store that may fail: private windows, sandboxed frames and full disks deny storage. After
 * a failure it is empty and keeps nothing, and warns once.
 */
export function optionalStore(
  store: ByteStore,
  onWarning: ((message: string) => void) | undefined,
): OptionalStore {
  let refused = false;
  const giveUp = (why: string) => {
    if (refused) return;
    refused = true;
    onWarning?.(
      `The model is not kept between visits: ${why}. Free some space, choose a smaller dtype, or pass ` +
        'cache: false.',
    );
  };
  async function attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    if (refused) return otherwise;
    try {
      return await work();
    } catch (error) {
      giveUp(`${store.name} failed (${reasonOf(error)})`);
      return otherwise;
    }
  }
  return {
    name: store.name,
    size: (key) => attempt(() => store.size(key), 0),
    read: (key) => attempt(() => store.read(key), new Uint8Array()),
    write: (key, at, bytes) => attempt(() => store.write(key, at, bytes), undefined),
    delete: (key) => attempt(() => store.delete(key), undefined),
    keys: () => attempt(() => store.keys(), []),
    room: () => attempt(() => store.room(), Number.POSITIVE_INFINITY),
    attempt,
    giveUp,
  };
}

/** Returns the innermost reason; for a full disk, the browser's own name for it. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = (error ?? {}) as Partial<Error>;
  if (cause instanceof Error || cause instanceof DOMException) return reasonOf(cause);
  return message ? `${name}: ${message}` : String(name);
}
