import { useRef } from 'react';
import { sameValue } from './same-value.js';

/** Returns the first of equal values, so that `['a cat']` written in JSX is one value. */
export function useStable<T>(value: T): T {
  const kept = useRef(value);
  if (!sameValue(kept.current, value)) kept.current = value;
  return kept.current;
}
