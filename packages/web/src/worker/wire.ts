import { ClipSegError } from '@clipseg/core';

// Arguments and results cross between page and worker as plain data. What structured cloning cannot
// carry, or should not, is replaced by an object with this key.
const MARK = '$clipseg';

type Mark = 'signal' | 'kept' | 'segmentation';
/** Nothing that is sent is nested deeper, unless it refers to itself. */
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
 * A copy of plain data with parts of it replaced. What `change` answers with undefined is walked
 * into where it is a list or a plain object, and kept as it is otherwise.
 * @throws ClipSegError `invalid-argument` when the data refer to themselves
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
      'An argument refers to itself, or is nested too deep.',
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
