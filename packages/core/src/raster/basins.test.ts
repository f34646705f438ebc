import { describe, expect, it } from 'vitest';
import { basinsOf } from './basins.js';

const line = (...distances: number[]) => Float32Array.from(distances);
const basins = (distances: Float32Array, neck: number, width = distances.length) => [
  ...basinsOf(distances, { width, height: distances.length / width }, neck),
];

describe('basinsOf', () => {
  it('are where distances fall from a peak, -1 outside', () => {
    const found = basins(line(0, 1, 2, 3, 2, 1, 2, 4, 2, 1, 0), 0.5);
    expect(found[0]).toBe(-1);
    expect(found[10]).toBe(-1);
    const [first, second] = [found[3]!, found[7]!];
    expect(first).not.toBe(second);
    expect(found.slice(1, 5)).toEqual(Array(4).fill(first));
    expect(found.slice(6, 10)).toEqual(Array(4).fill(second));
    expect([first, second]).toContain(found[5]);
  });

  it('become one where the saddle is as wide as the neck that is asked for', () => {
    // Peaks of 3 and 4: a saddle of 2 is two thirds of the lower one.
    const saddle = line(0, 3, 2, 4, 0);
    const count = (neck: number) => new Set(basins(saddle, neck)).size - 1;
    expect(count(0.6)).toBe(1);
    expect(count(2 / 3)).toBe(1);
    expect(count(0.7)).toBe(2);
    expect(count(1)).toBe(2);
  });

  it('the lower peak decides, also where several were joined', () => {
    // From the top: 9, then 8 over a saddle of 7; 3 over a saddle of 2.5, wide for 3 alone.
    const found = basins(line(0, 8, 7, 9, 2.5, 3, 0), 0.8);
    expect(new Set(found.slice(1, 6)).size).toBe(1);
    const apart = basins(line(0, 8, 7, 9, 2, 3, 0), 0.8);
    expect(new Set(apart.slice(1, 6)).size).toBe(2);
    expect(apart[1]).toBe(apart[3]);
  });

  it('a joined basin keeps its highest peak', () => {
    // 5 joins 9 over 4.9; then 4 meets them over 3.5, a share of 4 and not of what was joined.
    const found = basins(line(0, 5, 4.9, 9, 3.5, 4, 0), 0.9);
    expect(found[1]).toBe(found[3]);
    expect(found[5]).not.toBe(found[3]);
  });

  it('connect at corners, over rows', () => {
    const diagonal = line(3, 0, 0, 0, 3, 0, 0, 0, 3);
    expect(new Set(basins(diagonal, 0.9, 3)).size).toBe(2);
    const other = line(0, 0, 3, 0, 3, 0, 3, 0, 0);
    expect(new Set(basins(other, 0.9, 3)).size).toBe(2);
  });

  it('do not connect around the edge', () => {
    const rows = line(0, 0, 3, 3, 0, 0); // the end of a row and the start of the next
    expect(new Set(basins(rows, 0.9, 3)).size).toBe(3);
    const columns = line(3, 0, 0, 0, 0, 0, 0, 3);
    expect(new Set(basins(columns, 0.9, 2)).size).toBe(3);
  });

  it('the slope goes to the steepest neighbour', () => {
    const found = basins(line(0, 2, 1, 3, 0), 1);
    expect(found[2]).toBe(found[3]);
    const turned = basins(line(0, 3, 1, 2, 0), 1);
    expect(turned[2]).toBe(turned[1]);
  });

  it('nothing outside makes one basin, nothing inside none', () => {
    const endless = new Float32Array(4).fill(Number.POSITIVE_INFINITY);
    expect(basins(endless, 0.5, 2)).toEqual([0, 0, 0, 0]);
    expect(basins(new Float32Array(4), 0.5, 2)).toEqual([-1, -1, -1, -1]);
  });
});
