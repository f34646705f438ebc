import { describe, expect, it } from 'vitest';
import { resolutionOf } from './resolution.js';

const image = { width: 400, height: 100 };
const of = (wanted: unknown, patch = 16, picture = image) =>
  resolutionOf(wanted as never, picture, [352, 320], patch);

describe('resolutionOf', () => {
  it('is the standard one by default', () => {
    expect(of(undefined)).toEqual([352, 320]);
  });

  it('takes a side, both sides, or the longest one', () => {
    expect(of(64)).toEqual([64, 64]);
    expect(of([32, 480])).toEqual([32, 480]);
    expect(of({ longestSide: 320 })).toEqual([80, 320]);
    expect(of({ longestSide: 320 }, 16, { width: 100, height: 400 })).toEqual([320, 80]);
  });

  it('rounds to patches, one at least', () => {
    expect(of([23, 24])).toEqual([16, 32]);
    expect(of(1)).toEqual([16, 16]);
    expect(of({ longestSide: 64 }, 16, { width: 10_000, height: 1 })).toEqual([16, 64]);
    expect(of({ longestSide: 64 }, 16, { width: 1, height: 10_000 })).toEqual([64, 16]);
  });

  it('goes up to 4096', () => {
    expect(of(4096)).toEqual([4096, 4096]);
    expect(() => of(4097)).toThrow(/4097.*from 1 to 4096/);
    expect(() => of([4097, 16])).toThrow(/side of 4097/);
  });

  it.each([[0], [-16]])('refuses a side of %i', (side) => {
    expect(() => of(side)).toThrow(/from 1 to 4096/);
  });

  it.each([
    ['352'],
    [1.5],
    [null],
    [[352]],
    [[352, 352, 3]],
    [[352, 1.5]],
    [{ longestSide: 0 }],
    [{ longestSide: 1.5 }],
    [{ longestSide: '352' }],
    [{}],
  ])('refuses %j', (wanted) => {
    expect(() => of(wanted)).toThrow(/longestSide/);
  });
});
