import { describe, expect, it } from 'vitest';
import { colorOf, hex, palette } from './palette.js';
import { blend, checkColor, checkSameSize, emptyImage, toRgba } from './picture.js';

describe('pictures', () => {
  it('become RGBA', () => {
    const of = (channels: 1 | 3 | 4, ...data: number[]) => [
      ...toRgba({ width: 1, height: 2, channels, data: Uint8Array.from(data) }).data,
    ];
    expect(of(1, 7, 9)).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
    expect(of(3, 1, 2, 3, 4, 5, 6)).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
    expect(of(4, 1, 2, 3, 4, 5, 6, 7, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const rgba = { width: 1, height: 1, channels: 4, data: new Uint8Array(4) } as const;
    expect(toRgba(rgba)).not.toBe(rgba);
    expect(() => toRgba({ ...rgba, channels: 2 as never })).toThrow(/channels/);
  });

  it('blend a color by its share', () => {
    const image = emptyImage({ width: 2, height: 1 });
    expect([image.width, image.height, image.channels, image.data.length]).toEqual([2, 1, 4, 8]);
    image.data.fill(100);
    blend(image, 1, [200, 0, 40], 0.25);
    expect([...image.data]).toEqual([100, 100, 100, 100, 125, 75, 85, 139]);
    blend(image, 0, [1, 2, 3], 1);
    expect([...image.data.subarray(0, 4)]).toEqual([1, 2, 3, 255]);
  });

  it('have the same size, or not', () => {
    const image = { width: 2, height: 1, channels: 1, data: new Uint8Array(2) } as const;
    expect(() => checkSameSize(image, { width: 2, height: 1 }, 'map')).not.toThrow();
    for (const size of [
      { width: 1, height: 1 },
      { width: 2, height: 2 },
    ]) {
      expect(() => checkSameSize(image, size, 'map')).toThrow(/The map has .* 2 x 1/);
    }
  });
});

describe('colors', () => {
  it('are three levels from 0 to 255', () => {
    expect(checkColor([0, 127.5, 255])).toEqual([0, 127.5, 255]);
    for (const wrong of [
      [0, 0],
      [0, 0, 0, 0],
      [-1, 0, 0],
      [0, 256, 0],
      [0, 0, '9'],
      [0, 0, Number.NaN],
      '#fff',
      null,
    ]) {
      expect(() => checkColor(wrong, 'ink')).toThrow(/^ink is /);
    }
  });

  it('of the palette repeat', () => {
    expect(colorOf(0)).toBe(palette[0]);
    expect(colorOf(palette.length + 1)).toBe(palette[1]);
    expect(new Set(palette.map(hex)).size).toBe(palette.length);
  });

  it('are written in hexadecimal', () => {
    expect(hex([0, 9.6, 255])).toBe('#000aff');
  });
});
