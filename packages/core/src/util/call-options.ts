import type { CallOptions } from '../contracts/clip-seg.js';
import { checkOptions, reading } from './check.js';
import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';
import { showValue } from './show-value.js';

const refuse = (name: string, value: unknown, expected: string): never => {
  throw new ClipSegError('invalid-argument', `${name} is ${showValue(value)}, not ${expected}.`);
};

/** @throws ClipSegError `invalid-argument` for a value of another type, unless it is undefined */
export function checkType(value: unknown, name: string, type: 'function' | 'boolean'): void {
  if (value === undefined || typeof value === type) return;
  refuse(name, value, type === 'boolean' ? 'true or false' : 'a function');
}

/**
 * @param expected the expected kind of value, as messages call it
 * @throws ClipSegError `invalid-argument` unless it is an object with these methods
 */
export function checkMethods(
  value: unknown,
  name: string,
  expected: string,
  methods: readonly string[],
): void {
  const isOne = reading(name, () => {
    if (!isRecord(value)) return false;
    return methods.every((method) => typeof value[method] === 'function');
  });
  if (!isOne) refuse(name, value, expected);
}

/** @throws ClipSegError `invalid-argument` */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal === null) return;
  checkMethods(signal, 'signal', 'an AbortSignal', ['addEventListener', 'removeEventListener']);
  const { aborted } = signal as AbortSignal;
  if (typeof aborted !== 'boolean') refuse('signal', signal, 'an AbortSignal');
}

/**
 * Copies the options of a call.
 * @throws ClipSegError `invalid-argument`
 */
export function checkCall<T extends CallOptions>(options: T | undefined, name: string): T {
  const copy = checkOptions(options, name);
  checkSignal(copy.signal);
  return copy;
}
