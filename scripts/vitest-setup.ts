import { expect } from 'vitest';

type TypedArray = Uint8Array | Float32Array;

const typedArray = Object.getPrototypeOf(Uint8Array) as new () => TypedArray;

/**
 * Compares typed arrays like Vitest, but 100 times faster: Vitest takes four seconds for a mask of
 * a million pixels.
 * @returns undefined if Vitest must compare
 */
export function sameTypedArrays(a: unknown, b: unknown): boolean | undefined {
  if (!(a instanceof typedArray) || !(b instanceof typedArray)) return undefined;
  if (a.constructor !== b.constructor) return undefined;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

expect.addEqualityTesters([sameTypedArrays]);
