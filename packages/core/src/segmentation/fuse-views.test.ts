import { describe, expect, it } from 'vitest';
import { planViews, type View } from '../image/views/plan.js';
import { createFusion } from './fuse-views.js';

const size = [16, 16] as const;
const constant = (value: number) => [new Float32Array(256).fill(value)];

describe('putting views together', () => {
  const region = [0, 0, 100, 80] as const;
  const plan = planViews(region, { tiles: { size: 40, overlap: 0.3 } }, size);

  it('covers every pixel of the region with tiles', () => {
    const covered = new Uint8Array(8000);
    for (const { box } of plan) {
      for (let y = box[1]; y < box[3]; y++) covered.fill(1, y * 100 + box[0], y * 100 + box[2]);
    }
    expect(covered).not.toContain(0);
  });

  it('weights add up: of constant maps a constant is made, without a seam', () => {
    const fusion = createFusion(region, plan, constant(2), size);
    for (const view of plan) fusion.add(view, constant(4));
    expect(fusion.size).toEqual([32, 40]); // a tile of 40 pixels is seen at 16
    const [map] = fusion.maps() as [Float32Array];
    expect(map).toHaveLength(32 * 40);
    const least = Math.min(...map);
    expect(Math.max(...map) - least).toBeLessThan(1e-5);
    expect(least).toBeGreaterThan(2);
    expect(least).toBeLessThan(4);
  });

  it('a tile counts where it lies, most in its middle', () => {
    const [first, ...others] = plan as [View, ...View[]];
    const fusion = createFusion(region, plan, constant(0), size);
    fusion.add(first, constant(10));
    for (const view of others) fusion.add(view, constant(0));
    const [map] = fusion.maps() as [Float32Array];
    const at = (x: number, y: number) => map[Math.floor(y * 0.4) * 40 + Math.floor(x * 0.4)]!;
    expect(at(5, 5)).toBeGreaterThan(5);
    expect(at(36, 10)).toBeLessThan(at(20, 10));
    expect(at(90, 70)).toBe(0);
  });

  it('turns mirrored maps back, and takes the mean', () => {
    const ramp = Float32Array.from({ length: 256 }, (_, i) => i % 16);
    const mirrored = Float32Array.from({ length: 256 }, (_, i) => 15 - (i % 16) + 2);
    const views = [{ box: region, mirrored: true }];
    const fusion = createFusion(region, views, [ramp], size);
    fusion.add(views[0] as View, [mirrored]);
    expect(fusion.size).toEqual(size);
    expect(fusion.maps()[0]).toEqual(ramp.map((v) => v + 1));
  });

  it('of a huge picture stays within reason', () => {
    const huge = [0, 0, 40_000, 30_000] as const;
    const tiles = [{ box: [0, 0, 200, 200], mirrored: false }] as const;
    const [h, w] = createFusion(huge, tiles, constant(0), size).size;
    expect(h * w).toBeLessThanOrEqual(2 ** 22 + h + w);
    expect(w / h).toBeCloseTo(4 / 3, 2);
  });
});
