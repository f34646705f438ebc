import type { MaskSize } from '@clipseg/core/raster';
import fc from 'fast-check';

export interface MaskAndSize {
  readonly mask: Uint8Array;
  readonly size: MaskSize;
}

/**
 * Masks of noise and masks of blocks, of all shapes down to one pixel, empty and full among them.
 */
export function maskAndSize(longest = 24): fc.Arbitrary<MaskAndSize> {
  const side = fc.integer({ min: 1, max: longest });
  return fc
    .record({ width: side, height: side, block: fc.integer({ min: 1, max: 6 }) })
    .chain(({ width, height, block }) => {
      const [columns, rows] = [Math.ceil(width / block), Math.ceil(height / block)];
      const values = { minLength: columns * rows, maxLength: columns * rows };
      const blocks = fc.oneof(
        fc.uint8Array({ ...values, max: 1 }),
        fc.constantFrom(0, 1).map((all) => new Uint8Array(columns * rows).fill(all)),
      );
      return blocks.map((noise) => ({
        size: { width, height },
        mask: Uint8Array.from({ length: width * height }, (_, i) => {
          const [x, y] = [i % width, Math.floor(i / width)];
          return noise[Math.floor(y / block) * columns + Math.floor(x / block)]!;
        }),
      }));
    });
}

/** Coordinates of the pixels of a value. */
export function pixelsOf({ mask, size }: MaskAndSize, value = 1): [x: number, y: number][] {
  const at = [...mask.keys()].filter((i) => (mask[i] ? 1 : 0) === value);
  return at.map((i) => [i % size.width, Math.floor(i / size.width)]);
}
