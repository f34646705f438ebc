import { describe, expect, it } from 'vitest';
import { cocoMask } from './coco-mask.js';
import { encodeCocoRle } from './coco-rle.js';

const size = { width: 3, height: 2 };
const mask = Uint8Array.of(0, 1, 1, 0, 0, 1);

describe('cocoMask', () => {
  it('reads run lengths of either kind', () => {
    expect(cocoMask(encodeCocoRle(mask, size), size)).toEqual(mask);
    expect(cocoMask(encodeCocoRle(mask, size, { compressed: false }), size)).toEqual(mask);
  });

  it('reads outlines', () => {
    expect([...cocoMask([[0, 0, 2, 0, 2, 2, 0, 2]], size)]).toEqual([1, 1, 0, 1, 1, 0]);
    expect([...cocoMask([], size)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('refuses run lengths of another picture', () => {
    const rle = encodeCocoRle(mask, size);
    expect(() => cocoMask(rle, { width: 2, height: 3 })).toThrow(/3 x 2 pixels.* 2 x 3/);
    expect(() => cocoMask(rle, { width: 3, height: 3 })).toThrow(/3 x 2 pixels.* 3 x 3/);
    expect(() => cocoMask(rle, { width: 4, height: 2 })).toThrow(/3 x 2 pixels.* 4 x 2/);
  });

  it.each([[null], ['x'], [{}], [{ size: 6, counts: '' }]])('refuses %j', (segmentation) => {
    expect(() => cocoMask(segmentation as never, size)).toThrow(/^The COCO segmentation is/);
  });

  it('refuses a picture without a size', () => {
    expect(() => cocoMask([], { width: 0, height: 2 })).toThrow(/^The size/);
  });
});
