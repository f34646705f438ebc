import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAndSize } from '../../test/masks/arbitraries.js';
import { scoreMap } from '../maps/scores.js';
import { bandAlpha, featherAlpha, matteAlpha } from './alpha.js';

describe('bandAlpha', () => {
  const size = { width: 3, height: 2 };
  const values = Float32Array.of(0, 0.2, 0.3, 0.4, 0.6, 1);

  it('rises evenly between both probabilities', () => {
    const scores = scoreMap(values, size, 'probability');
    expect([...bandAlpha(scores, 0.2, 0.6)]).toEqual([0, 0, 64, 128, 255, 255]);
    expect([...bandAlpha(scores, 0, 1)]).toEqual([0, 51, 77, 102, 153, 255]);
  });

  it('reads logits', () => {
    const logits = scoreMap(Float32Array.of(-20, 0, 20), { width: 3, height: 1 }, 'logit');
    expect([...bandAlpha(logits, 0.25, 0.75)]).toEqual([0, 128, 255]);
  });

  it('needs its ends in order', () => {
    const scores = scoreMap(values, size, 'probability');
    for (const [min, max] of [
      [0.5, 0.5],
      [0.6, 0.5],
      [-0.1, 0.5],
      [0.5, 1.1],
    ] as const) {
      expect(() => bandAlpha(scores, min, max)).toThrow(/min is|max is/);
    }
    expect(() => bandAlpha({} as never, 0, 1)).toThrow(/size/i);
  });
});

describe('featherAlpha', () => {
  it('is a smooth step across the outline, by the distance to it', () => {
    const check = (
      { mask, size }: { mask: Uint8Array; size: { width: number; height: number } },
      radius: number,
    ) => {
      const alpha = featherAlpha(mask, size, radius);
      for (const i of mask.keys()) {
        const inside = mask[i] !== 0;
        let distance = Number.POSITIVE_INFINITY;
        for (const j of mask.keys()) {
          if ((mask[j] !== 0) === inside) continue;
          const dx = (j % size.width) - (i % size.width);
          const dy = Math.floor(j / size.width) - Math.floor(i / size.width);
          distance = Math.min(distance, Math.hypot(dx, dy) - 0.5);
        }
        const t = distance < radius ? 0.5 - distance / (2 * radius) : 0;
        const outside = t * t * (3 - 2 * t);
        const expected = 255 * (inside ? 1 - outside : outside);
        expect(Math.abs(alpha[i]! - expected)).toBeLessThan(0.51);
      }
    };
    const radius = fc.constantFrom(0, 0.5, 1, 2.5, 4);
    fc.assert(fc.property(maskAndSize(8), radius, check), { numRuns: 60 });
  });

  it('refuses what is not a radius or a mask', () => {
    const size = { width: 2, height: 1 };
    expect(() => featherAlpha(new Uint8Array(2), size, -1)).toThrow(/radius is -1/);
    expect(() => featherAlpha(new Uint8Array(3), size, 1)).toThrow(/3 values/);
  });
});

describe('matteAlpha', () => {
  const [width, height] = [40, 30];
  const size = { width, height };
  /** A disc whose edge is as soft as hair. */
  const softness = (i: number) => {
    const away = Math.hypot((i % width) - 20, Math.floor(i / width) - 15);
    return Math.min(1, Math.max(0, (13 - away) / 6));
  };
  const mask = Uint8Array.from({ length: width * height }, (_, i) => (softness(i) > 0.5 ? 1 : 0));
  const data = Uint8Array.from({ length: 3 * mask.length }, (_, i) =>
    Math.round(40 + 180 * softness(Math.floor(i / 3))),
  );
  const image = { ...size, channels: 3, data } as const;

  it('has the soft edges that the picture has', () => {
    const alpha = matteAlpha(mask, image, { radius: 8, epsilon: 1e-5 });
    const error = (values: ArrayLike<number>, scale: number) =>
      Array.from(mask, (_, i) => Math.abs(values[i]! / scale - softness(i))).reduce(
        (a, b) => a + b,
      );
    expect(error(alpha, 255)).toBeLessThan(0.5 * error(mask, 1));
    expect(alpha[0]).toBe(0);
    expect(alpha[15 * width + 20]).toBe(255);
  });

  it('is the mask where the picture has no edge within reach', () => {
    const flat = { ...image, data: new Uint8Array(data.length).fill(99) };
    const halves = mask.map((_, i) => (i % width < 20 ? 1 : 0));
    const alpha = matteAlpha(halves, flat, { radius: 2, epsilon: 1e-5 });
    const row = [...alpha.subarray(10 * width, 11 * width)];
    expect(row.slice(0, 14)).toEqual(Array(14).fill(255));
    expect(row.slice(26)).toEqual(Array(14).fill(0));
    for (let x = 15; x < 26; x++) expect(row[x]).toBeLessThanOrEqual(row[x - 1]!);
  });

  it.each([
    [{ radius: 0.5, epsilon: 1e-5 }, /radius is 0.5/],
    [{ radius: 2, epsilon: 0 }, /epsilon is 0/],
  ])('refuses %j', (options, message) => {
    expect(() => matteAlpha(mask, image, options)).toThrow(message);
  });

  it('needs a picture of the size', () => {
    const options = { radius: 2, epsilon: 1e-5 };
    expect(() => matteAlpha(mask.subarray(1), image, options)).toThrow(/1199 values/);
    expect(() => matteAlpha(mask, { ...image, width: 39 }, options)).toThrow(/bytes/);
  });
});
