import { describe, expect, it } from 'vitest';
import { calibrationPixels } from './calibration-pixels.js';

const [H, W] = [48, 64];
const PLANE = H * W;

/** Largest difference of two pixels over all channels. */
const difference = (pixels: Float32Array, i: number, j: number): number =>
  Math.max(...[0, 1, 2].map((c) => Math.abs(pixels[c * PLANE + i]! - pixels[c * PLANE + j]!)));

/** Finds areas of similar color with at least `minPixels` pixels; each is a list of indices. */
function areas(pixels: Float32Array, minPixels: number): number[][] {
  const seen = new Uint8Array(PLANE);
  const result: number[][] = [];
  for (let start = 0; start < PLANE; start++) {
    if (seen[start]) continue;
    const area = [start];
    seen[start] = 1;
    for (const i of area) {
      const x = i % W;
      const next = [x > 0 ? i - 1 : -1, x < W - 1 ? i + 1 : -1, i - W, i + W];
      for (const j of next) {
        if (j < 0 || j >= PLANE || seen[j] || difference(pixels, i, j) > 0.15) continue;
        seen[j] = 1;
        area.push(j);
      }
    }
    if (area.length >= minPixels) result.push(area);
  }
  return result;
}

describe('calibrationPixels', () => {
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  const images = seeds.map((seed) => calibrationPixels(seed, [H, W]));

  it('makes three planes of normalized colors, determined by the seed', () => {
    for (const [i, pixels] of images.entries()) {
      expect(pixels).toHaveLength(3 * PLANE);
      expect(pixels.every((value) => Math.abs(value) < 3)).toBe(true);
      expect(calibrationPixels(seeds[i]!, [H, W])).toEqual(pixels);
    }
    expect(images[0]).not.toEqual(images[1]);
    const reaches = (from: number, to: number) =>
      images.some((pixels) => pixels.some((value) => value > from && value < to));
    expect(reaches(-2.5, -1.5)).toBe(true);
    expect(reaches(1.5, 2.9)).toBe(true);
  });

  it('draws shapes: most images have several areas with edges, some of them whole shapes', () => {
    const counts = images.map((pixels) => areas(pixels, 20).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(40);
    // A shape is at most 0.6 times as wide as the shorter side, so areas are bounded on all sides.
    const inner = images.flatMap((pixels) =>
      areas(pixels, 20).filter((area) =>
        area.every((i) => i % W > 0 && i % W < W - 1 && i >= W && i < PLANE - W),
      ),
    );
    expect(inner.length).toBeGreaterThan(4);
    for (const area of inner) {
      const xs = area.map((i) => i % W);
      const ys = area.map((i) => Math.floor(i / W));
      expect(Math.max(...xs) - Math.min(...xs)).toBeLessThanOrEqual(0.6 * H);
      expect(Math.max(...ys) - Math.min(...ys)).toBeLessThanOrEqual(0.6 * H);
    }
  });

  it('draws round and square shapes', () => {
    const shares = images.flatMap((pixels) =>
      areas(pixels, 60)
        .filter((area) => area.every((i) => i % W > 0 && i % W < W - 1 && i >= W && i < PLANE - W))
        .map((area) => {
          const xs = area.map((i) => i % W);
          const ys = area.map((i) => Math.floor(i / W));
          const [w, h] = [xs, ys].map((list) => Math.max(...list) - Math.min(...list) + 1);
          return area.length / (w! * h!);
        }),
    );
    // A square fills its bounding box, a disc about three quarters of it; parts of shapes less.
    expect(shares.filter((share) => share > 0.98).length).toBeGreaterThanOrEqual(3);
    const discs = shares.filter((share) => share > 0.68 && share < 0.86);
    expect(discs.length).toBeGreaterThanOrEqual(5);
  });

  it('draws a gradient from corner to corner behind the shapes', () => {
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    /** Groups the values of one channel by diagonal. */
    const byDiagonal = (pixels: Float32Array, area: readonly number[], c: number) => {
      const diagonals = new Map<number, number[]>();
      for (const i of area) {
        const diagonal = (i % W) + Math.floor(i / W);
        diagonals.set(diagonal, [...(diagonals.get(diagonal) ?? []), pixels[c * PLANE + i]!]);
      }
      return [...diagonals.values()];
    };
    const gradients = images.filter((pixels) =>
      areas(pixels, 200).some((area) =>
        [0, 1, 2].some((c) => {
          const lines = byDiagonal(pixels, area, c);
          return lines.every((line) => spread(line) <= 0.051) && spread(lines.flat()) > 0.5;
        }),
      ),
    );
    expect(gradients.length).toBeGreaterThanOrEqual(6);
  });

  it('adds texture: no two neighbors are equal', () => {
    for (const pixels of images) {
      const same = Array.from({ length: PLANE - 1 }, (_, i) => difference(pixels, i, i + 1) === 0);
      expect(same.filter(Boolean)).toHaveLength(0);
    }
  });
});
