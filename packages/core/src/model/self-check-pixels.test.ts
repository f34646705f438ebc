import { describe, expect, it } from 'vitest';
import { selfCheckPixels } from './self-check-pixels.js';

const [h, w] = [32, 48];
const pixels = selfCheckPixels([h, w]);
const at = (c: number, y: number, x: number) => pixels[(c * h + y) * w + x]! * 64 + 116;

describe('selfCheckPixels', () => {
  it('gives the values that recorded samples were made with', () => {
    // Recorded samples depend on them: another value would fail the check of every model.
    expect(Array.from(selfCheckPixels([2, 3]), (value) => Math.round(value * 64 + 116))).toEqual([
      80, 69, 81, 63, 176, 175, 129, 121, 118, 121, 146, 125, 69, 80, 85, 91, 105, 94,
    ]);
  });

  it('has a disc per channel, larger and darker from channel to channel', () => {
    const middle = [0, 1, 2].map((c) => at(c, h / 2, w / 2));
    for (const [c, level] of middle.entries()) {
      expect(level).toBeGreaterThanOrEqual(160 - 40 * c);
      expect(level).toBeLessThan(160 - 40 * c + 32);
    }
    // Radius from the center, in pixels: sqrt(h * w * (c + 1)) / 4.
    for (const c of [0, 1, 2]) {
      const radius = Math.sqrt(h * w * (c + 1)) / 4;
      const levels = Array.from({ length: w / 2 }, (_, x) => at(c, h / 2, w / 2 + x));
      const isDisc = (level: number) => level >= 160 - 40 * c && level < 192 - 40 * c;
      expect(levels.slice(0, Math.floor(radius)).every(isDisc)).toBe(true);
    }
  });

  it('has a checkerboard with fields of 8 pixels around the discs', () => {
    for (const [c, y, x] of [
      [0, 0, 0],
      [0, 0, 7],
      [0, 7, 0],
      [1, 0, 8],
      [1, 8, 0],
      [2, 0, 0],
    ] as const) {
      expect(at(c, y, x)).toBeLessThan(60 + 32);
    }
    for (const [c, y, x] of [
      [0, 0, 8],
      [0, 8, 0],
      [1, 0, 0],
      [1, 7, 7],
      [2, 0, 8],
    ] as const) {
      expect(at(c, y, x)).toBeGreaterThanOrEqual(110);
    }
  });

  it('has a grain of 32 levels that differs from pixel to pixel', () => {
    const grain = new Set(Array.from({ length: 8 * 8 }, (_, i) => at(0, i >> 3, i & 7) - 60));
    expect(grain.size).toBeGreaterThan(20);
    expect(Math.min(...grain)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...grain)).toBeLessThan(32);
  });
});
