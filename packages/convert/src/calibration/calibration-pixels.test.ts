import { describe, expect, it } from 'vitest';
import { calibrationPixels } from './calibration-pixels.js';

const [H, W] = [48, 64];
const PLANE = H * W;

/** How far the colors of two neighbouring pixels are apart, over all channels. */
const apart = (pixels: Float32Array, i: number, j: number): number =>
  Math.max(...[0, 1, 2].map((c) => Math.abs(pixels[c * PLANE + i]! - pixels[c * PLANE + j]!)));

/** Numbers, from 0, of areas of similar color: those of at least `least` pixels count. */
function areas(pixels: Float32Array, least: number): number[][] {
  const seen = new Uint8Array(PLANE);
  const found: number[][] = [];
  for (let start = 0; start < PLANE; start++) {
    if (seen[start]) continue;
    const area = [start];
    seen[start] = 1;
    for (const i of area) {
      const x = i % W;
      const next = [x > 0 ? i - 1 : -1, x < W - 1 ? i + 1 : -1, i - W, i + W];
      for (const j of next) {
        if (j < 0 || j >= PLANE || seen[j] || apart(pixels, i, j) > 0.15) continue;
        seen[j] = 1;
        area.push(j);
      }
    }
    if (area.length >= least) found.push(area);
  }
  return found;
}

describe('calibrationPixels', () => {
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  const pictures = seeds.map((seed) => calibrationPixels(seed, [H, W]));

  it('are three planes of normalised colors, the same for a seed', () => {
    for (const [i, pixels] of pictures.entries()) {
      expect(pixels).toHaveLength(3 * PLANE);
      expect(pixels.every((value) => Math.abs(value) < 3)).toBe(true);
      expect(calibrationPixels(seeds[i]!, [H, W])).toEqual(pixels);
    }
    expect(pictures[0]).not.toEqual(pictures[1]);
    const reaches = (from: number, to: number) =>
      pictures.some((pixels) => pixels.some((value) => value > from && value < to));
    expect(reaches(-2.5, -1.5)).toBe(true);
    expect(reaches(1.5, 2.9)).toBe(true);
  });

  it('hold shapes: most pictures have several areas with edges, whole shapes among them', () => {
    const counts = pictures.map((pixels) => areas(pixels, 20).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(40);
    // A shape is at most 0.6 of the shorter side wide: areas end on all sides.
    const inner = pictures.flatMap((pixels) =>
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

  it('hold round shapes and square ones', () => {
    const shares = pictures.flatMap((pixels) =>
      areas(pixels, 60)
        .filter((area) => area.every((i) => i % W > 0 && i % W < W - 1 && i >= W && i < PLANE - W))
        .map((area) => {
          const xs = area.map((i) => i % W);
          const ys = area.map((i) => Math.floor(i / W));
          const [w, h] = [xs, ys].map((list) => Math.max(...list) - Math.min(...list) + 1);
          return area.length / (w! * h!);
        }),
    );
    // A square fills the box around it, a disc about three quarters of it; parts of shapes less.
    expect(shares.filter((share) => share > 0.98).length).toBeGreaterThanOrEqual(3);
    const discs = shares.filter((share) => share > 0.68 && share < 0.86);
    expect(discs.length).toBeGreaterThanOrEqual(5);
  });

  it('have a gradient behind them, from corner to corner', () => {
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    /** Colors of one channel by how far down and right they are. */
    const byDiagonal = (pixels: Float32Array, area: readonly number[], c: number) => {
      const diagonals = new Map<number, number[]>();
      for (const i of area) {
        const diagonal = (i % W) + Math.floor(i / W);
        diagonals.set(diagonal, [...(diagonals.get(diagonal) ?? []), pixels[c * PLANE + i]!]);
      }
      return [...diagonals.values()];
    };
    const gradients = pictures.filter((pixels) =>
      areas(pixels, 200).some((area) =>
        [0, 1, 2].some((c) => {
          const lines = byDiagonal(pixels, area, c);
          return lines.every((line) => spread(line) <= 0.051) && spread(lines.flat()) > 0.5;
        }),
      ),
    );
    expect(gradients.length).toBeGreaterThanOrEqual(6);
  });

  it('have texture: no two neighbours are quite the same', () => {
    for (const pixels of pictures) {
      const same = Array.from({ length: PLANE - 1 }, (_, i) => apart(pixels, i, i + 1) === 0);
      expect(same.filter(Boolean)).toHaveLength(0);
    }
  });
});
