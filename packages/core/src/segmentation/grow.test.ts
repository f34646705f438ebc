import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grow } from './grow.js';

it('grow takes the greatest value within a disc, or the least for a negative radius', () => {
  const side = fc.integer({ min: 1, max: 9 });
  const check = (height: number, width: number, radius: number) => {
    const map = Float32Array.from({ length: height * width }, (_, i) => ((i * 7919) % 23) - 11);
    const pick = radius > 0 ? Math.max : Math.min;
    const expected = map.map((_, i) => {
      const near = [...map].filter((__, j) => {
        const [dx, dy] = [(j % width) - (i % width), Math.floor(j / width) - Math.floor(i / width)];
        return dx * dx + dy * dy <= radius * radius;
      });
      return pick(...near);
    });
    const before = map.slice();
    expect(grow(map, [height, width], radius)).toEqual(radius === 0 ? map : expected);
    expect(map).toEqual(before);
  };
  fc.assert(fc.property(side, side, fc.integer({ min: -6, max: 12 }), check));
});
