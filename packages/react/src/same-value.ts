const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));

/**
 * Compares lists and plain objects by their entries, and everything else (images, files, typed
 * arrays) by identity. Libraries for deep comparison say that two Files are equal.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, i) => sameValue(value, b[i]));
  }
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const keys = Object.keys(a);
  const same = (key: string) => Object.hasOwn(b, key) && sameValue(a[key], b[key]);
  return keys.length === Object.keys(b).length && keys.every(same);
}
