import { describe, expect, it } from 'vitest';
import { sampleGrid } from './sample-grid.js';

const size = { width: 12, height: 8 };
const rowsOf = (value: (x: number, y: number) => number) => (y: number) =>
  Float32Array.from({ length: size.width }, (_, x) => value(x, y));

describe('sampleGrid', () => {
  it('is the mean of every block', () => {
    const found = sampleGrid(
      size,
      [2, 3],
      rowsOf((x, y) => x + 100 * y),
    );
    // Blocks of 4 x 4: their means are those of their middles.
    expect([...found]).toEqual([151.5, 155.5, 159.5, 551.5, 555.5, 559.5]);
  });

  it('of every pixel is the picture', () => {
    const found = sampleGrid(
      size,
      [8, 12],
      rowsOf((x, y) => x + 100 * y),
    );
    expect([...found]).toEqual(
      Array.from({ length: 96 }, (_, i) => (i % 12) + 100 * Math.floor(i / 12)),
    );
  });

  it('reads at most four rows and columns of a block, evenly spread', () => {
    const rows: number[] = [];
    const read = new Set<number>();
    const row = (y: number) => {
      rows.push(y);
      return new Proxy([] as number[], {
        get(_, x) {
          read.add(Number(x));
          return Number(x);
        },
      });
    };
    const found = sampleGrid({ width: 80, height: 40 }, [1, 2], row);
    expect(rows).toEqual([5, 15, 25, 35]);
    expect([...read]).toEqual([5, 15, 25, 35, 45, 55, 65, 75]);
    expect([...found]).toEqual([20, 60]);
  });

  it('takes one channel of many', () => {
    const row = () => Uint8Array.from({ length: 36 }, (_, i) => (i % 3 === 1 ? i : 255));
    expect([...sampleGrid(size, [1, 3], row, { step: 3, offset: 1 })]).toEqual([5.5, 17.5, 29.5]);
  });

  it('takes blocks that are not whole', () => {
    const found = sampleGrid({ width: 5, height: 1 }, [1, 2], () => [0, 1, 2, 3, 4]);
    // Three samples a block, at 0.42, 1.25, 2.08, 2.92, 3.75 and 4.58.
    expect(found[0]).toBeCloseTo(1, 6);
    expect(found[1]).toBeCloseTo(3, 6);
  });
});
