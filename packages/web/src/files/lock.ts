/** Runs `work` while no other tab or worker of the origin holds the name; at once where locks lack. */
export function withLock<T>(
  name: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const locks = globalThis.navigator?.locks; // secure contexts only
  if (!locks) return work();
  return locks.request(`clipseg:${name}`, { signal }, work) as Promise<T>;
}
