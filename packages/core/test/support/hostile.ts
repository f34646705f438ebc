import { ClipSegError } from '@clipseg/core';

const thrower = () => {
  throw new Error('called');
};
const deep = (levels: number): unknown => {
  let value: unknown = [];
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};
const circle: unknown[] = [];
circle.push(circle);
const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** What nobody should hand over, and somebody does. */
export const hostileValues: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-1', -1],
  ['0', 0],
  ['0.5', 0.5],
  ['1e9', 1e9],
  ['2 ** 53', 2 ** 53],
  ['a bigint', 10n],
  ['an empty text', ''],
  ['a text', 'abc'],
  ['a number as text', '0.4'],
  ['__proto__', '__proto__'],
  ['half a surrogate pair', '\ud800'],
  ['a long text', `data:image/png;base64,${'A'.repeat(120_000)}`],
  ['a symbol', Symbol('x')],
  ['a function', () => 1],
  ['an empty list', []],
  ['[null]', [null]],
  ['holes', Array(3)],
  ['numbers', [1, 2, 3, 4]],
  ['lists', [[1], [2], [3]]],
  ['an empty object', {}],
  ['{ toString: 1 }', { toString: 1 }],
  ['[{ toString: 1 }]', [{ toString: 1 }]],
  ['no prototype', Object.create(null)],
  ['a __proto__ of its own', JSON.parse('{"__proto__": {"width": 4}, "length": 3}')],
  ['a length', { length: 1e9 }],
  ['a circle', circle],
  ['depth', deep(5_000)],
  ['bytes', new Uint8Array(7)],
  ['floats', Float32Array.of(Number.NaN, 1)],
  ['a date', new Date(Number.NaN)],
  ['a map', new Map()],
  ['a revoked proxy', revoked.proxy],
  ['a proxy that throws', new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower })],
  [
    'getters that throw',
    Object.defineProperties(
      {},
      Object.fromEntries(
        ['width', 'length', 'name', 'size', 'op', 'mask', 'label'].map((key) => [
          key,
          { get: thrower, enumerable: true },
        ]),
      ),
    ),
  ],
];

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

/**
 * A value with each of its parts replaced in turn: all that is one change away from what is right.
 */
export function* replaced(
  value: unknown,
  by: unknown,
  depth = 4,
  at = '',
): Generator<[at: string, value: unknown]> {
  yield [at, by];
  if (!isPlain(value) || depth === 0) return;
  for (const key of Object.keys(value)) {
    for (const [where, part] of replaced(value[key], by, depth - 1, `${at}.${key}`)) {
      const copy: Record<string, unknown> = Array.isArray(value)
        ? ([...value] as never)
        : { ...value };
      copy[key] = part;
      yield [where, copy];
    }
  }
}

/** What a call gives besides values and errors of ours: `undefined`, or what is wrong. */
export async function faultOf(call: () => unknown): Promise<string | undefined> {
  const start = performance.now();
  let fault: string | undefined;
  try {
    await call();
  } catch (error) {
    if (!ClipSegError.isInstance(error)) fault = String((error as Error)?.stack).slice(0, 300);
    else if (error.message.length > 1500) fault = `a message of ${error.message.length} characters`;
  }
  const time = performance.now() - start;
  return fault ?? (time > 2000 ? `${Math.round(time)} ms` : undefined);
}
