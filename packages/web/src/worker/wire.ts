import { ClipSegError } from '@clipseg/core';

// Page and worker exchange arguments and results as plain data. An object with this key replaces
// what structured cloning cannot carry, or should not.
const MARK = '$clipseg';

type Mark = 'signal' | 'kept' | 'segmentation';
/** No valid message is nested deeper; data that refer to themselves are. */
const MAX_DEPTH = 100;

export const marked = (mark: Mark, content: object = {}): object => ({ [MARK]: mark, ...content });

export function isMarked<T extends object>(value: unknown, mark: Mark): value is T {
  return typeof value === 'object' && value !== null && (value as never)[MARK] === mark;
}

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
};

/**
 * Copies plain data and replaces parts of it. If `change` returns undefined for a value, lists and
 * plain objects are walked into, and other values are kept.
 * @throws ClipSegError `invalid-argument` if the data refer to themselves
 */
export function replaced(
  value: unknown,
  change: (value: unknown, key: string | undefined) => unknown,
  key?: string,
  depth = 0,
): unknown {
  if (depth > MAX_DEPTH) {
    throw new ClipSegError(
      'invalid-argument',
      'An argument refers to itself, or is nested too deeply.',
    );
  }
  const changed = change(value, key);
  if (changed !== undefined) return changed;
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  const walk = (inner: unknown, name?: string) => replaced(inner, change, name, depth + 1);
  if (Array.isArray(value)) return value.map((inner) => walk(inner, key));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]),
  );
}
