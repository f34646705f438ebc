import type { ByteStore } from '@clipseg/core';

export interface OptionalStore extends ByteStore {
  /** Does something with the store; `otherwise` where it fails, or has failed before. */
  attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T>;
  /** From now on nothing is kept. */
  giveUp(why: string): void;
}

/**
 * A store that may fail: private windows, sandboxed frames and full disks refuse it. Then it is
 * empty and keeps nothing, and that is said once.
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
      giveUp(`${store.name} fails (${reasonOf(error)})`);
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

/** The innermost reason: of a full disk the browser's own name for it. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = (error ?? {}) as Partial<Error>;
  if (cause instanceof Error || cause instanceof DOMException) return reasonOf(cause);
  return message ? `${name}: ${message}` : String(name);
}
