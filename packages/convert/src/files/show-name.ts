import { showValue } from '@clipseg/core';

const PLAIN = /^[\w./-]{1,120}$/;

/** A name from a file, as messages show it: bare where it is a usual one, else quoted and short. */
export const showName = (name: string): string => (PLAIN.test(name) ? name : showValue(name));

const MOST = 5;

/** The first few of a list, and how many follow. */
export function showFirst(list: readonly string[], separator = ', ', most = MOST): string {
  const rest = list.length - most;
  const shown = list.slice(0, most).join(separator);
  return rest > 0 ? `${shown}${separator}and ${rest} more` : shown;
}
