import type { Random } from '../random.js';

// Values that a field does not expect.

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  0.5,
  -0.5,
  7,
  255,
  256,
  65535,
  65536,
  2 ** 20,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53),
  1e-300,
  1e308,
  -1e308,
  1e-9,
  5e-324,
];
const STRINGS = [
  '',
  ' ',
  '0',
  '-1',
  'NaN',
  'Infinity',
  'null',
  '__proto__',
  'constructor',
  'toString',
  '../../x',
  '/etc/passwd',
  'C:\\x',
  'a\0b',
  '\x1b[31mred\x1b[0m',
  '\r\nX: y',
  '\u2028',
  '\ufeff',
  '\u202eabc',
  '\ud800',
  '😀',
  'é',
  'ａ',
  'İ',
  '\x7f',
  '<script>',
  '%s%n',
  '{}',
  '[]',
  "'",
  '"',
];

/** Makes a number that JSON can represent, often an extreme one. */
export const hostileNumber = (random: Random): number =>
  random.chance(0.8) ? random.pick(NUMBERS) : (random.next() - 0.5) * 10 ** random.from(-3, 12);

/** Makes a text, mostly short, sometimes of 100 kB. */
export function hostileString(random: Random): string {
  if (random.chance(0.6)) return random.pick(STRINGS);
  if (random.chance(0.02)) return random.pick(['x', '\x07', '[', '😀']).repeat(100_000);
  const units = random.pick([0x80, 0x100, 0x3000, 0x10000]);
  return String.fromCharCode(...random.list(random.below(12), () => random.below(units)));
}

/** Makes any JSON value. */
export function hostileJson(random: Random, depth = 0): unknown {
  const kind = random.below(depth > 3 ? 5 : 9);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2 || kind === 3) return hostileNumber(random);
  if (kind === 4) return hostileString(random);
  if (kind === 5) return random.list(random.below(4), () => hostileJson(random, depth + 1));
  if (kind === 6)
    return random.pick<object>([{ toString: 1 }, { toJSON: 1 }, { length: -1 }, { valueOf: [] }]);
  if (kind === 7 && depth === 0 && random.chance(0.2)) return nested(random.pick([50, 500, 3000]));
  const keys = random.list(random.below(4), () => hostileString(random));
  return Object.fromEntries(keys.map((key) => [key, hostileJson(random, depth + 1)]));
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Values that JSON cannot represent, but a caller can pass. */
const FOREIGN: readonly (() => unknown)[] = [
  () => undefined,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 10n ** 40n,
  () => Symbol('s'),
  () => () => 1,
  () => Object.create(null),
  () => new Date(Number.NaN),
  () => new Map([[1, 2]]),
  () => new Float32Array([Number.NaN, 1]),
  () => new Uint8Array(3),
  () => new Float64Array(4).fill(-1),
  () => new Proxy({}, {}),
  () => Array(5),
  () => {
    const loop: unknown[] = [];
    loop.push(loop);
    return loop;
  },
];

/** Makes any JavaScript value. */
export const hostileValue = (random: Random): unknown =>
  random.chance(0.5) ? hostileJson(random) : random.pick(FOREIGN)();
