import { describe, expect, it } from 'vitest';
import { checkArea } from './raw-image.js';

describe('checkArea', () => {
  it('takes up to 2^28 pixels', () => {
    expect(checkArea([2 ** 14, 2 ** 14])).toEqual([2 ** 14, 2 ** 14]);
    expect(() => checkArea([2 ** 14, 2 ** 14 + 1])).toThrow(/268435456 pixels at most/);
  });

  it.each([[[1]], [[1, 2, 3]], [[0, 1]], [[1, 0.5]], ['12']])('refuses %j', (size) => {
    expect(() => checkArea(size as never)).toThrow(/size/);
  });
});
