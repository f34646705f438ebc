import { describe, expect, it } from 'vitest';
import {
  checkCount,
  checkFunction,
  checkList,
  checkNumber,
  checkNumbers,
  checkOneOf,
  checkOptions,
  checkRange,
  checkText,
  listed,
  reading,
  valueIs,
} from './check.js';
import { ClipSegError } from './errors.js';

// What a message says is what a user goes by, so here messages are whole.
describe('values in range are returned, others named', () => {
  it('numbers', () => {
    expect(checkNumber(0, 'radius')).toBe(0);
    expect(checkNumber(-2, 'radius', -2)).toBe(-2);
    expect(() => checkNumber(-0.1, 'radius')).toThrow('radius is -0.1, not a number from 0.');
    expect(() => checkNumber(Number.POSITIVE_INFINITY, 'radius')).toThrow(/^radius is Infinity/);
    expect(() => checkNumber('3', 'radius')).toThrow(
      'radius is the text "3", not a number from 0.',
    );
  });

  it('ranges', () => {
    expect([checkRange(0, 'share'), checkRange(1, 'share'), checkRange(5, 'share', 5, 9)]).toEqual([
      0, 1, 5,
    ]);
    expect(() => checkRange(1.1, 'share')).toThrow('share is 1.1; it goes from 0 to 1.');
    expect(() => checkRange(-1, 'share', 2, 3)).toThrow('share is -1; it goes from 2 to 3.');
    expect(() => checkRange(Number.NaN, 'share')).toThrow(
      'share is NaN, not a number from 0 to 1.',
    );
    expect(() => checkRange('1', 'share')).toThrow('share is the text "1", not a number');
    expect(() => checkRange(undefined, 'share')).toThrow('share is undefined, not a number');
  });

  it('counts', () => {
    expect([checkCount(1, 'points'), checkCount(3, 'points', 3, 3)]).toEqual([1, 3]);
    expect(() => checkCount(0, 'points')).toThrow('points is 0, not a whole number from 1.');
    expect(() => checkCount(4, 'points', 1, 3)).toThrow(
      'points is 4, not a whole number from 1 to 3.',
    );
    expect(() => checkCount(1.5, 'points')).toThrow('points is 1.5, not a whole number from 1.');
    expect(() => checkCount('2', 'points')).toThrow('points is the text "2", not a whole number');
    expect(() => checkCount(2 ** 53, 'points')).toThrow(/not a whole number/);
  });

  it('choices', () => {
    expect(checkOneOf('logit', 'scale', ['logit', 'probability'])).toBe('logit');
    expect(checkOneOf(8, 'connectivity', [4, 8])).toBe(8);
    expect(() => checkOneOf('x', 'scale', ['a', 'b'])).toThrow('scale is "x", not a or b.');
    expect(() => checkOneOf(6, 'connectivity', [4, 8])).toThrow('connectivity is 6, not 4 or 8.');
    expect(() => checkOneOf('4', 'connectivity', [4, 8])).toThrow(
      'connectivity is the text "4", not 4 or 8.',
    );
  });

  it('texts, functions and lists', () => {
    const own = () => 1;
    expect([checkText('', 'name'), checkFunction(own, 'fill')]).toEqual(['', own]);
    expect(() => checkText(5, 'name')).toThrow(/^name is 5, not/);
    expect(() => checkFunction('f', 'fill')).toThrow('fill is the text "f", not a function.');
    expect(checkList([1, 2], 'list')).toEqual([1, 2]);
    expect(Object.keys(checkList(new Array(2), 'list'))).toEqual(['0', '1']); // without holes
    expect(() => checkList({ length: 1 }, 'list')).toThrow(/^list is .*, not a list\.$/);
  });

  it('numbers of all kinds', () => {
    const typed = new Float32Array(1);
    expect(checkNumbers(typed, 'row')).toBe(typed);
    expect(checkNumbers([], 'row')).toEqual([]);
    expect(() => checkNumbers({ length: 1e9 }, 'row')).toThrow(/not a list of numbers/);
    expect(() => checkNumbers('12', 'row')).toThrow('row is the text "12", not a list of numbers.');
  });
});

describe('checkOptions', () => {
  it('copies what there is, inherited too', () => {
    const given = Object.create({ radius: 2 }, { share: { value: 1, enumerable: true } });
    const copy = checkOptions(given, 'refine');
    expect(copy).toEqual({ radius: 2, share: 1 });
    expect(checkOptions(undefined, 'refine')).toEqual({});
  });

  it('leaves prototypes alone', () => {
    const copy = checkOptions(JSON.parse('{"__proto__": {"share": 1}}'), 'refine') as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect('share' in copy).toBe(false);
  });

  it.each([
    [null, 'The options of refine are null, not an object.'],
    ['x', 'The options of refine are the text "x", not an object.'],
    [[], 'The options of refine are a list, not an object.'],
  ])('refuses %j', (given, message) => {
    expect(() => checkOptions(given as never, 'refine')).toThrow(message);
  });

  it('says so when they cannot be read', () => {
    const options = {
      get share() {
        throw new Error('no');
      },
    };
    expect(() => checkOptions(options, 'refine')).toThrow(/options of refine cannot be read/);
  });
});

describe('reading', () => {
  const thrown = (error: unknown): unknown => {
    try {
      reading('The list', () => {
        throw error;
      });
    } catch (caught) {
      return caught;
    }
    return undefined;
  };

  it('passes on what it reads, and our errors', () => {
    expect(reading('The list', () => 7)).toBe(7);
    const ours = new ClipSegError('invalid-prompt', 'ours');
    expect(thrown(ours)).toBe(ours);
  });

  it('makes an error of ours of any other, with its cause', () => {
    const cause = new TypeError('theirs');
    const error = thrown(cause);
    expect(error).toMatchObject({ code: 'invalid-argument', message: 'The list cannot be read.' });
    expect((error as Error).cause).toBe(cause);
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    expect(thrown(trap)).toMatchObject({ message: 'The list cannot be read.' });
  });
});

describe('names in messages', () => {
  it('are short and plain, others quoted', () => {
    expect(listed(['cat', 'a b_c/d:e.f-9', 'Ü'])).toBe('cat, a b_c/d:e.f-9, Ü');
    expect(listed(['a"b', '', 5])).toBe('"a\\"b", "", 5');
    expect(listed(['x'.repeat(60)])).toBe('x'.repeat(60));
    expect(listed(['x'.repeat(61)])).toMatch(/^"x+…?/);
    expect(listed([])).toBe('');
  });

  it('are the first twelve of many', () => {
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    expect(listed(names)).toBe(names.join(', '));
    expect(listed([...names, 'more', 'and more'])).toBe(`${names.join(', ')}, …`);
  });

  it('texts are called so', () => {
    expect([valueIs('4'), valueIs(4)]).toEqual(['the text "4"', '4']);
  });
});
