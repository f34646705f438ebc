import { useState } from 'react';
import { sameValue } from './same-value.js';

/** The first of values that are the same, so that `['a cat']` written in JSX is one value. */
export function useStable<T>(value: T): T {
  const [kept, keep] = useState(() => value);
  if (sameValue(kept, value)) return kept;
  keep(() => value); // renders again at once, with what is kept
  return value;
}
