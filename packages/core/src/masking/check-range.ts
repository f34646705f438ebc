import { ClipSegError } from '../errors.js';

/** @throws ClipSegError `invalid-argument` unless the value lies from `low` to `high` */
export function checkRange(name: string, value: number, low: number, high = Infinity): number {
  if (value >= low && value <= high) return value;
  const range = high === Infinity ? `${low} or more` : `${low} to ${high}`;
  throw new ClipSegError('invalid-argument', `${name} is ${value}, not ${range}.`);
}
