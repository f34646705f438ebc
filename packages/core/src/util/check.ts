import { ClipSegError } from './errors.js';
import { showValue } from './show-value.js';

// Checks of values from outside. They accept any value, and throw a ClipSegError that names the
// value and shows it.

/** Shows a value in a message. It says "the text" before a text: `"0.4"` looks like a number. */
export const valueIs = (value: unknown): string =>
  typeof value === 'string' ? `the text ${showValue(value)}` : showValue(value);

const fail = (message: string): never => {
  throw new ClipSegError('invalid-argument', message);
};

const isNumber = (value: unknown): value is number => typeof value === 'number';

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a finite number of at least `least`
 */
export function checkNumber(value: unknown, name: string, least = 0): number {
  if (isNumber(value) && Number.isFinite(value) && value >= least) return value;
  return fail(`${name} is ${valueIs(value)}, not a number from ${least}.`);
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a number from `low` to `high`
 */
export function checkRange(value: unknown, name: string, low = 0, high = 1): number {
  if (isNumber(value) && value >= low && value <= high) return value;
  if (isNumber(value) && !Number.isNaN(value)) {
    return fail(`${name} is ${value}; it goes from ${low} to ${high}.`);
  }
  return fail(`${name} is ${valueIs(value)}, not a number from ${low} to ${high}.`);
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is one of the possible values
 */
export function checkOneOf<T extends string | number>(
  value: unknown,
  name: string,
  possible: readonly T[],
): T {
  const found = possible.find((one) => one === value);
  if (found !== undefined) return found;
  const shown = typeof value === 'string' && isNumber(possible[0]) ? valueIs : showValue;
  return fail(`${name} is ${shown(value)}, not ${possible.join(' or ')}.`);
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a whole number from `least` to `most`
 */
export function checkCount(
  value: unknown,
  name: string,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (isNumber(value) && Number.isSafeInteger(value) && value >= least && value <= most) {
    return value;
  }
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `from ${least}`;
  return fail(`${name} is ${valueIs(value)}, not a whole number ${range}.`);
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a text
 */
export function checkText(value: unknown, name: string): string {
  return typeof value === 'string' ? value : fail(`${name} is ${showValue(value)}, not text.`);
}

/**
 * Does not check each number, as there may be one per pixel. A plain object is refused, as it could
 * claim a length of a billion.
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a typed array or a list
 */
export function checkNumbers<T>(value: T, name: string): T {
  const list = reading(name, () => Array.isArray(value) || ArrayBuffer.isView(value));
  return list ? value : fail(`${name} is ${valueIs(value)}, not a list of numbers.`);
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it can be called
 */
export function checkFunction<T>(value: T, name: string): T {
  return typeof value === 'function'
    ? value
    : fail(`${name} is ${valueIs(value)}, not a function.`);
}

/**
 * @returns the value, without holes
 * @throws ClipSegError `invalid-argument` unless it is a list
 */
export function checkList(value: unknown, name: string): unknown[] {
  return reading(name, () =>
    Array.isArray(value) ? Array.from(value) : fail(`${name} is ${valueIs(value)}, not a list.`),
  );
}

/**
 * Copies options, so that later changes and getters that throw have no effect.
 * @param name the function that takes them
 * @throws ClipSegError `invalid-argument` unless it is an object that can be read
 */
export function checkOptions<T extends object>(options: T | undefined, name: string): T {
  if (options === undefined) return {} as T;
  if (typeof options !== 'object' || options === null) {
    return fail(`The options of ${name} are ${valueIs(options)}, not an object.`);
  }
  return reading(`The options of ${name}`, () => {
    if (Array.isArray(options)) return fail(`The options of ${name} are a list, not an object.`);
    const copy: Record<string, unknown> = {};
    for (const key in options) if (key !== '__proto__') copy[key] = options[key];
    return copy as T;
  });
}

/**
 * Reads a value from outside. Anything in it that throws when it is read (getters, proxies, values
 * without a text form) becomes a ClipSegError.
 * @param name the value's name in messages
 * @throws ClipSegError `invalid-argument`, and the errors of `read`
 */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isOurs(cause)) throw cause;
    throw new ClipSegError('invalid-argument', `${name} cannot be read.`, { cause });
  }
}

/** A getter may throw an object that throws when it is read. */
function isOurs(error: unknown): boolean {
  try {
    return ClipSegError.isInstance(error);
  } catch {
    return false;
  }
}

const MAX_LISTED = 12;

/** Lists names from outside: the first few, long ones shortened. */
export function listed(names: Iterable<unknown>): string {
  const shown: string[] = [];
  for (const name of names) {
    if (shown.length === MAX_LISTED) return `${shown.join(', ')}, …`;
    const short = typeof name === 'string' && /^[\p{L}\p{N} _./:-]{1,60}$/u.test(name);
    shown.push(short ? name : showValue(name));
  }
  return shown.join(', ');
}
