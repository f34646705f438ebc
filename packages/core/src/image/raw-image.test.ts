import { describe, expect, it } from 'vitest';
import { checkArea, checkRawImage, MAX_PIXELS, toRgb } from './raw-image.js';

describe('checkArea', () => {
  it('takes up to 2^28 pixels', () => {
    expect(checkArea([2 ** 14, 2 ** 14])).toEqual([2 ** 14, 2 ** 14]);
    expect(() => checkArea([2 ** 14, 2 ** 14 + 1])).toThrow(/268435456 pixels at most/);
  });

  it.each([[[1]], [[1, 2, 3]], [[0, 1]], [[1, 0.5]], ['12']])('refuses %j', (size) => {
    expect(() => checkArea(size as never)).toThrow(/size/);
  });
});

describe('checkRawImage', () => {
  const data = new Uint8Array(18);
  const rgb = { width: 3, height: 2, channels: 3, data } as const;

  it('returns images of 1, 3 or 4 channels, of either kind of bytes', () => {
    expect(checkRawImage(rgb)).toBe(rgb);
    for (const channels of [1, 4] as const) {
      const other = { ...rgb, channels, data: new Uint8ClampedArray(6 * channels) };
      expect(checkRawImage(other)).toBe(other);
    }
  });

  it('gives the pixels of a canvas their channels', () => {
    const canvas = { width: 3, height: 2, data: new Uint8ClampedArray(24), colorSpace: 'srgb' };
    const { width, height, channels, data: pixels } = checkRawImage(canvas);
    expect([width, height, channels]).toEqual([3, 2, 4]);
    expect(pixels).toBe(canvas.data);
    expect(() => checkRawImage({ ...canvas, data: new Uint8Array(24) })).toThrow(/channels/);
  });

  it.each([
    [null, /null/],
    ['x.png', /string/],
    [{ ...rgb, width: 0 }, /0 x 2 pixels/],
    [{ ...rgb, height: 0 }, /3 x 0 pixels/],
    [{ ...rgb, width: 1.5 }, /1.5 x 2 pixels/],
    [{ ...rgb, width: '3' }, /x 2 pixels/],
    [{ ...rgb, channels: 2 }, /2 channels/],
    [{ ...rgb, data: new Float32Array(18) }, /Uint8Array/],
    [{ ...rgb, data: [...data] }, /Uint8Array/],
    [{ ...rgb, data: { [Symbol.toStringTag]: 'Uint8Array', length: 18 } }, /Uint8Array/],
    [{ ...rgb, data: new Uint8Array(17) }, /17 bytes.*= 18/],
    [{ ...rgb, width: 2 ** 14, height: 2 ** 14 + 1 }, /268451840 pixels, more than 268435456/],
  ])('refuses others: %#', (image, message) => {
    expect(() => checkRawImage(image)).toThrow(message);
  });

  it('takes as many pixels as it is told', () => {
    expect(MAX_PIXELS).toBe(268_435_456);
    expect(checkRawImage(rgb, 6)).toBe(rgb);
    expect(() => checkRawImage(rgb, 5)).toThrow(/6 pixels, more than 5/);
  });

  it('says so when an image cannot be read', () => {
    const image = {
      ...rgb,
      get width(): number {
        throw new Error('no');
      },
    };
    expect(() => checkRawImage(image)).toThrow(
      expect.objectContaining({ code: 'invalid-image', message: expect.stringMatching(/read/) }),
    );
  });
});

describe('toRgb', () => {
  it('repeats grey, and leaves RGB as it is', () => {
    const grey = { width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 200) } as const;
    expect(toRgb(grey)).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      data: Uint8Array.of(7, 7, 7, 200, 200, 200),
    });
    const rgb = { ...grey, channels: 3, data: new Uint8Array(6) } as const;
    expect(toRgb(rgb)).toBe(rgb);
  });

  it('lays what is transparent over white', () => {
    const data = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 51);
    const image = { width: 3, height: 1, channels: 4, data } as const;
    expect([...toRgb(image).data]).toEqual([10, 20, 30, 255, 255, 255, 204, 224, 255]);
  });
});
