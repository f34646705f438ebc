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

  it('is the same for a region that lies elsewhere', () => {
    const fused = (dx: number, dy: number) => {
      const moved = [dx, dy, 100 + dx, 80 + dy] as const;
      const views = planViews(moved, { tiles: { size: 40, overlap: 0.3 } }, size);
      const fusion = createFusion(moved, views, constant(1), size);
      for (const [k, view] of views.entries()) {
        const ramp = Float32Array.from({ length: 256 }, (_, i) => k + (i % 16) / 16 + i / 64);
        fusion.add(view, [ramp]);
      }
      return fusion;
    };
    const [here, there] = [fused(0, 0), fused(30, 17)];
    expect(there.size).toEqual(here.size);
    expect(there.maps()).toEqual(here.maps());
  });

  it('puts a tile where it lies: 0.3 of the whole, and 0.7 of what is blended', () => {
    // Two tiles side by side, without an overlap, of 16 x 16 each.
    const place = [0, 0, 80, 40] as const;
    const halves = planViews(place, { tiles: { size: 40, overlap: 0 } }, size);
    const fusion = createFusion(place, halves, [new Float32Array(256).fill(10)], size);
    expect(fusion.size).toEqual([16, 32]);
    const patterns = [1, 2].map((k) => Float32Array.from({ length: 256 }, (_, i) => k * 100 + i));
    for (const [k, view] of halves.entries()) fusion.add(view, [patterns[k]!]);
    const [map] = fusion.maps() as [Float32Array];
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 32; x++) {
        const tile = patterns[x < 16 ? 0 : 1]![y * 16 + (x % 16)]!;
        expect(map[y * 32 + x]).toBeCloseTo(0.3 * 10 + 0.7 * tile, 3);
      }
    }
  });

  it('blends tiles by how near their middles are', () => {
    // Tiles of 16 columns that share 8: weights are sin^2, which sum to 1 there.
    const place = [0, 0, 60, 40] as const;
    const pair = planViews(place, { tiles: { size: 40, overlap: 0.5 } }, size);
    expect(pair).toHaveLength(2);
    const fusion = createFusion(place, pair, [new Float32Array(256)], size);
    expect(fusion.size).toEqual([16, 24]);
    fusion.add(pair[0]!, [new Float32Array(256)]);
    fusion.add(pair[1]!, [new Float32Array(256).fill(1)]);
    const [map] = fusion.maps() as [Float32Array];
    for (let x = 0; x < 24; x++) {
      const weight = (at: number) =>
        at < 0 || at > 15 ? 0 : Math.sin((Math.PI * (at + 0.5)) / 16) ** 2;
      const share = weight(x - 8) / (weight(x) + weight(x - 8));
      expect(map[5 * 24 + x]).toBeCloseTo(0.7 * share, 5);
    }
  });

  it('keeps several prompts apart', () => {
    const place = [0, 0, 80, 40] as const;
    const halves = planViews(place, { tiles: { size: 40, overlap: 0 } }, size);
    const whole = [new Float32Array(256), new Float32Array(256)];
    const fusion = createFusion(place, halves, whole, size);
    const one = (value: number) => new Float32Array(256).fill(value);
    for (const view of halves) fusion.add(view, [one(1), one(10)]);
    const [first, second] = fusion.maps() as [Float32Array, Float32Array];
    for (const value of first) expect(value).toBeCloseTo(0.7, 5);
    for (const value of second) expect(value).toBeCloseTo(7, 5);
  });

  it('of tiles that are smaller along one side only takes their resolution', () => {
    const sizeOf = (place: readonly [number, number, number, number], box: typeof place) =>
      createFusion(place, [{ box, mirrored: false }], constant(0), size).size;
    expect(sizeOf([10, 0, 90, 40], [10, 0, 50, 40])).toEqual([16, 32]);
    expect(sizeOf([0, 10, 40, 90], [0, 10, 40, 50])).toEqual([32, 16]);
    expect(sizeOf([10, 20, 50, 60], [10, 20, 50, 60])).toEqual([16, 16]);
  });
});
