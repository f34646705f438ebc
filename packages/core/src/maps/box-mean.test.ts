import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boxMean } from './box-mean.js';

it('the mean over a window is that of its pixels within the picture', () => {
  const side = fc.integer({ min: 1, max: 9 });
  const check = (height: number, width: number, radius: number) => {
    const plane = Float32Array.from({ length: height * width }, (_, i) => (i * 7919) % 23);
    const before = plane.slice();
    const found = boxMean(plane, [height, width], radius);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let [sum, count] = [0, 0];
        for (const i of plane.keys()) {
          const near = Math.max(Math.abs((i % width) - x), Math.abs(Math.floor(i / width) - y));
          if (near > radius) continue;
          sum += plane[i]!;
          count++;
        }
        expect(found[y * width + x]).toBeCloseTo(sum / count, 4);
      }
    }
    expect(plane).toEqual(before);
  };
  fc.assert(fc.property(side, side, fc.integer({ min: 0, max: 11 }), check));
});
