import { describe, expect, it } from 'vitest';
import { viewOf } from './crop-image.js';

const [width, height] = [4, 3];
const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => i);
const image = { width, height, channels: 3, data } as const;
/** Of each pixel of a view, which one of the picture it is. */
const pixelsOf = (view: ReturnType<typeof viewOf>) =>
  [...view.data].filter((_, i) => i % 3 === 0).map((value) => value / 3);

describe('viewOf', () => {
  it('shows the whole as it is', () => {
    expect(viewOf(image, { box: [0, 0, 4, 3], mirrored: false })).toBe(image);
  });

  it('shows a part', () => {
    const part = viewOf(image, { box: [1, 1, 3, 3], mirrored: false });
    expect([part.width, part.height, part.channels]).toEqual([2, 2, 3]);
    expect(pixelsOf(part)).toEqual([5, 6, 9, 10]);
    expect([...part.data.slice(0, 3)]).toEqual([15, 16, 17]);
    expect(pixelsOf(viewOf(image, { box: [0, 1, 4, 2], mirrored: false }))).toEqual([4, 5, 6, 7]);
    expect(pixelsOf(viewOf(image, { box: [3, 0, 4, 3], mirrored: false }))).toEqual([3, 7, 11]);
  });

  it('shows it as in a mirror', () => {
    const turned = viewOf(image, { box: [0, 1, 3, 3], mirrored: true });
    expect([turned.width, turned.height, turned.channels]).toEqual([3, 2, 3]);
    expect(pixelsOf(turned)).toEqual([6, 5, 4, 10, 9, 8]);
    expect([...turned.data.slice(0, 3)]).toEqual([18, 19, 20]);
  });
});
