import { describe, expect, it } from 'vitest';
import { labelRuns } from './label-runs.js';
import type { MaskSize } from './mask.js';
import { runsOf } from './runs.js';
import { splitRuns } from './split-runs.js';

/** The label of every pixel, -1 outside. */
function labelsOf(
  mask: Uint8Array,
  size: MaskSize,
  neck: number,
): { at: Int32Array; count: number } {
  const { runs, labels, count } = splitRuns(labelRuns(runsOf(mask, size), 8), mask, neck);
  const at = new Int32Array(mask.length).fill(-1);
  for (let y = 0; y < size.height; y++) {
    for (let run = runs.rows[y]!; run < runs.rows[y + 1]!; run++) {
      at.fill(labels[run]!, y * size.width + runs.starts[run]!, y * size.width + runs.ends[run]!);
    }
  }
  return { at, count };
}

/** Discs [x, y, radius], and boxes [x0, y0, x1, y1]. */
const drawn = (size: MaskSize, ...shapes: readonly (readonly number[])[]) =>
  Uint8Array.from({ length: size.width * size.height }, (_, i) => {
    const [x, y] = [(i % size.width) + 0.5, Math.floor(i / size.width) + 0.5];
    return shapes.some(([a, b, c, d]) =>
      d === undefined ? Math.hypot(x - a!, y - b!) <= c! : x > a! && x < c! && y > b! && y < d,
    )
      ? 1
      : 0;
  });

const size = { width: 64, height: 32 };

describe('splitRuns', () => {
  // Two discs whose neck is about 12 wide, of widths 22 and 18.
  const pair = drawn(size, [18, 16, 11], [35, 16, 9]);

  it('cuts two discs at their neck, where it is narrow for the smaller one', () => {
    const { at, count } = labelsOf(pair, size, 0.9);
    expect(count).toBe(2);
    for (const [i, value] of pair.entries()) {
      const [x, y] = [i % size.width, Math.floor(i / size.width)];
      if (!value) expect(at[i]).toBe(-1);
      else if (Math.hypot(x - 17.5, y - 15.5) < 8) expect(at[i]).toBe(at[16 * 64 + 18]);
      else if (Math.hypot(x - 34.5, y - 15.5) < 6) expect(at[i]).toBe(at[16 * 64 + 35]);
    }
    expect(at[16 * 64 + 18]).not.toBe(at[16 * 64 + 35]);
  });

  it('leaves a wide neck', () => {
    expect(labelsOf(pair, size, 0.4).count).toBe(1);
    expect(labelsOf(drawn(size, [18, 16, 11], [24, 16, 11]), size, 0.9).count).toBe(1);
  });

  it('measures the neck by the smaller disc', () => {
    // A neck of 8 between widths 24 and 9: wide for the smaller one.
    const unlike = drawn(size, [16, 16, 12], [26, 11.5, 36, 20.5]);
    expect(labelsOf(unlike, size, 0.6).count).toBe(1);
    const narrow = drawn(size, [16, 16, 12], [26, 14.5, 36, 17.5], [42, 16, 8]);
    expect(labelsOf(narrow, size, 0.6).count).toBe(2);
  });

  it('cuts downwards as it does sideways', () => {
    const turned = { width: 32, height: 64 };
    const mask = drawn(turned, [16, 18, 11], [16, 35, 9]);
    const { at, count } = labelsOf(mask, turned, 0.9);
    expect(count).toBe(2);
    expect(at[18 * 32 + 16]).not.toBe(at[35 * 32 + 16]);
    expect(at[10 * 32 + 16]).toBe(at[18 * 32 + 16]);
    expect(at[41 * 32 + 16]).toBe(at[35 * 32 + 16]);
  });

  it('cuts a chain into as many as there are', () => {
    const chain = drawn(size, [10, 16, 8], [24, 16, 8], [38, 16, 8], [52, 16, 8]);
    expect(labelsOf(chain, size, 0.9).count).toBe(4);
  });

  it('keeps parts apart that were apart, and every pixel', () => {
    const two = drawn(size, [4, 4, 20, 28], [40, 4, 56, 28]);
    const { at, count } = labelsOf(two, size, 0.9);
    expect(count).toBe(2);
    expect([...at].map((label) => (label >= 0 ? 1 : 0))).toEqual([...two]);
    expect(at[16 * 64 + 10]).not.toBe(at[16 * 64 + 50]);
  });

  it('of a full mask is one', () => {
    const full = new Uint8Array(12).fill(1);
    const { at, count } = labelsOf(full, { width: 4, height: 3 }, 0.9);
    expect([count, ...at]).toEqual([1, ...Array(12).fill(0)]);
  });
});
