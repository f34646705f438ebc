import fc from 'fast-check';
import { expect, it } from 'vitest';
import { showReason, showValue } from './show-value.js';

const hostile = () => {
  throw new Error('called');
};

it.each<[string, unknown, string]>([
  ['text', 'cat', '"cat"'],
  ['a long text', 'a'.repeat(100), `"${'a'.repeat(60)}…"`],
  ['a text cut within a pair', `${'a'.repeat(59)}😀😀`, `"${'a'.repeat(59)}…"`],
  ['control sequences', '\u001b[31m\u009b2J\u202e\n', '"\\u001b[31m\\u009b2J\\u202e\\n"'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['no number', Number.NaN, 'NaN'],
  ['a large number', 2n ** 80n, 'a bigint of more than 64 bits'],
  ['a bigint', 7n, '7n'],
  ['a function', hostile, 'a function'],
  ['a symbol', Symbol('x'), 'a symbol'],
  ['an array', [1, 'two', [3]], '[1, "two", [3]]'],
  ['many', Array(1e6).fill(0), '[0, 0, 0, 0, 0, 0, 0, 0, …]'],
  ['an object', { toString: 1 }, '{"toString": 1}'],
  [
    'methods of its own',
    { toString: hostile, toJSON: hostile },
    '{"toString": a function, "toJSON": a function}',
  ],
  ['without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a": 1}'],
  ['bytes', new Uint8Array(9), 'Uint8Array(9)'],
  ['depth', [[[[1]]]], '[[[[…]]]]'],
  [
    'a getter that throws',
    {
      get a() {
        return hostile();
      },
    },
    'an object that cannot be read',
  ],
  ['a proxy', new Proxy({}, { ownKeys: hostile, get: hostile }), 'an object that cannot be read'],
])('shows %s', (_, value, shown) => {
  expect(showValue(value)).toBe(shown);
});

it('shows a circle', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  expect(showValue(circle)).toBe('[[[[…]]]]');
});

it('is short and on one line, whatever the value', () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }),
      (value) => {
        const shown = showValue(value);
        expect(shown.length).toBeLessThan(400);
        expect(shown).not.toMatch(/\p{Cc}/u);
      },
    ),
    { numRuns: 500 },
  );
});

it.each([
  [new Error('a\x1b[31mb\r\nc\u2028d\u202ee'), 'a [31mb c d e'],
  [new Error('x'.repeat(500)), 'x'.repeat(200)],
  ['thrown text', 'for an unknown reason'],
])('shows why something failed: %j', (cause, shown) => {
  expect(showReason(cause)).toBe(shown);
});
