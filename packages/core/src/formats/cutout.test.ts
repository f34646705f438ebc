import { describe, expect, it } from 'vitest';
import { cutout } from './cutout.js';

const [width, height] = [6, 4];
const image = {
  width,
  height,
  channels: 3,
  data: Uint8Array.from({ length: 72 }, (_, i) => i + 10),
} as const;
const mask = Uint8Array.from('......' + '.##...' + '.##...' + '......', (c) => (c === '#' ? 1 : 0));
const pixels = ({ data }: { data: ArrayLike<number> }) =>
  Array.from({ length: data.length / 4 }, (_, i) => [0, 1, 2, 3].map((c) => data[4 * i + c]));

describe('cutout', () => {
  it('keeps what is selected, and nothing of the rest', () => {
    const result = cutout(image, { mask: () => mask });
    for (const [i, pixel] of pixels(result).entries()) {
      const own = [...image.data.subarray(3 * i, 3 * i + 3), 255];
      expect(pixel).toEqual(mask[i] ? own : [0, 0, 0, 0]);
    }
    const grey = { ...image, channels: 1, data: image.data.slice(0, 24) } as const;
    expect(pixels(cutout(grey, { mask: () => mask }))[7]).toEqual([17, 17, 17, 255]);
    const rgba = {
      ...image,
      channels: 4,
      data: Uint8Array.from({ length: 96 }, (_, i) => i),
    } as const;
    expect(pixels(cutout(rgba, { mask: () => mask }))[7]).toEqual([28, 29, 30, 255]);
  });

  it('takes an alpha instead of the mask', () => {
    const alpha = mask.map((inside, i) => (inside ? 10 * i : 0));
    const result = cutout(image, { mask: () => mask, alpha }, { decontaminate: false });
    expect(pixels(result)[7]).toEqual([31, 32, 33, 70]);
    expect(pixels(result)[0]).toEqual([0, 0, 0, 0]);
  });

  it('is cut to what is selected, with a margin', () => {
    const sides = (crop: number) => {
      const { width: w, height: h } = cutout(image, { mask: () => mask }, { crop });
      return [w, h];
    };
    expect([0, 1, 2, 0.6, 100].map(sides)).toEqual([
      [2, 2],
      [4, 4],
      [5, 4],
      [4, 4],
      [6, 4],
    ]);
    expect(pixels(cutout(image, { mask: () => mask }, { crop: 0 })).map(([r]) => r)).toEqual([
      31, 34, 49, 52,
    ]);
    const corner = new Uint8Array(24);
    corner[23] = 1;
    expect(pixels(cutout(image, { mask: () => corner }, { crop: 0 }))).toEqual([[79, 80, 81, 255]]);
    expect(cutout(image, { mask: () => new Uint8Array(24) }, { crop: 1 })).toMatchObject({
      width,
      height,
    });
  });

  it('can have a background', () => {
    const alpha = Uint8Array.from(mask, (inside, i) => (inside ? (i === 7 ? 51 : 255) : 0));
    const background = [100, 0, 200] as const;
    const result = pixels(
      cutout(image, { mask: () => mask, alpha }, { background, decontaminate: false }),
    );
    expect(result[0]).toEqual([100, 0, 200, 255]);
    expect(result[8]).toEqual([34, 35, 36, 255]);
    expect(result[7]).toEqual([86, 6, 167, 255]); // 0.2 of 31, 32, 33
  });

  it.each([
    [{ mask: () => new Uint8Array(3) }, {}, /3 values/],
    [{ mask: () => mask, alpha: new Uint8Array(3) }, {}, /alpha has 3 values/],
    [{ mask: () => mask }, { crop: -1 }, /crop is -1/],
    [{ mask: () => mask }, { background: 'red' }, /background is "red"/],
    [null, {}, /cutout/],
  ])('refuses %#', (selected, options, message) => {
    expect(() => cutout(image, selected as never, options as never)).toThrow(message);
  });
});

describe('a cut-out of soft edges', () => {
  const [w, h] = [64, 48];
  const front = [220, 40, 30];
  const back = [20, 90, 200];
  const alpha = Uint8Array.from({ length: w * h }, (_, i) => {
    const away = Math.hypot((i % w) - 30, Math.floor(i / w) - 24);
    return Math.round(255 * Math.min(1, Math.max(0, (16 - away) / 5)));
  });
  const inner = alpha.map((level) => (level > 127 ? 1 : 0));
  const selected = { alpha, mask: () => inner };
  const mixed = (channels: 1 | 3 | 4) => ({
    width: w,
    height: h,
    channels,
    data: Uint8Array.from({ length: w * h * channels }, (_, i) => {
      const share = alpha[Math.floor(i / channels)]! / 255;
      const c = i % channels;
      return c === 3 ? 255 : Math.round(front[c]! * share + back[c]! * (1 - share));
    }),
  });
  /** The largest difference to the foreground's color, where `is` says. */
  const off = (channels: 1 | 3 | 4, is: (level: number) => boolean, options = {}) => {
    const { data } = cutout(mixed(channels), selected, options);
    const colors = channels === 1 ? [front[0]!, front[0]!, front[0]!] : front;
    return Math.max(
      ...[...alpha.keys()]
        .filter((i) => is(alpha[i]!))
        .flatMap((i) => colors.map((color, c) => Math.abs(data[4 * i + c]! - color))),
    );
  };

  it.each([1, 3, 4] as const)('has the color of what is in front, in %i channels', (channels) => {
    expect(off(channels, (level) => level > 10 && level < 255)).toBeLessThan(15);
    expect(off(channels, (level) => level === 255)).toBe(0);
    expect(
      off(channels, (level) => level > 10 && level < 255, { decontaminate: false }),
    ).toBeGreaterThan(100);
  });

  it('finds colors that change from place to place', () => {
    // Both sides get brighter to the right.
    const data = Uint8Array.from({ length: w * h }, (_, i) => {
      const share = alpha[i]! / 255;
      const ramp = 2 * (i % w);
      return Math.round((120 + ramp) * share + (10 + ramp) * (1 - share));
    });
    const result = cutout({ width: w, height: h, channels: 1, data }, selected).data;
    for (const [i, level] of alpha.entries()) {
      if (level > 60 && level < 255) {
        expect(Math.abs(result[4 * i]! - (120 + 2 * (i % w)))).toBeLessThan(25);
      }
    }
  });

  it('of a mask alone keeps its colors', () => {
    const image = mixed(3);
    const { data } = cutout(image, { mask: selected.mask });
    for (const [i, inside] of inner.entries()) {
      if (inside) expect(data[4 * i]).toBe(image.data[3 * i]);
    }
  });
});
