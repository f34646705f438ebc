import { showValue } from '@clipseg/core/internal';

const PLAIN = /^[\w./-]{1,120}$/;

/** Formats a name from a file for messages: quoted and shortened if it is unusual. */
export const showName = (name: string): string => (PLAIN.test(name) ? name : showValue(name));

const MAX_SHOWN = 5;

/** Formats the first items of a list and the number of the rest. */
export function showFirst(list: readonly string[], separator = ', ', max = MAX_SHOWN): string {
  const rest = list.length - max;
  const shown = list.slice(0, max).join(separator);
  return rest > 0 ? `${shown}${separator}and ${rest} more` : shown;
}
