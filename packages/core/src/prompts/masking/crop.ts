import type { Box } from '../../contracts/image.js';
import type { MaskedPixels, MaskingStrategy } from '../../contracts/masking-strategy.js';
import { boxOf } from '../../raster/box-of.js';
import { checkNumber, checkOneOf, checkOptions } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { masking } from './define-masking.js';

/** @throws ClipSegError `invalid-prompt` for an empty region */
function regionBox(input: MaskedPixels): Box {
  const box = boxOf(input.mask, input);
  if (box) return box;
  throw new ClipSegError('invalid-prompt', 'The region of a support picture is empty.');
}

/**
 * The box to use: the region's, or the original's, whose crop_mask exchanges height and width. They
 * differ for images that are not square.
 */
export type BoxOf = 'region' | 'original';

/** Grows the box by `context` times its sides; the original's may end outside the image. */
export function grownBox(input: MaskedPixels, context: number, boxed: BoxOf = 'region'): Box {
  const { width, height } = input;
  const excess = boxed === 'original' ? width - height : 0;
  const [x0, y0, right, bottom] = regionBox(input);
  const [x1, y1] = [right - excess, bottom + excess];
  const [dx, dy] = [context * (x1 - x0), context * (y1 - y0)];
  return [
    Math.trunc(Math.max(0, x0 - dx)),
    Math.trunc(Math.max(0, y0 - dy)),
    Math.trunc(Math.min(width - excess, x1 + dx)),
    Math.trunc(Math.min(height + excess, y1 + dy)),
  ];
}

/** Resizes a box, padded to a square with 0 (the mean color), by nearest neighbor. */
function cropPlane(
  plane: Float32Array,
  width: number,
  [x0, y0, x1, y1]: Box,
  [rows, columns]: readonly [number, number],
): Float32Array {
  const side = Math.max(x1 - x0, y1 - y0);
  const [padX, padY] = [(side - (x1 - x0)) >> 1, (side - (y1 - y0)) >> 1];
  const result = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const fromY = y0 + Math.floor(Math.fround((y * side) / rows)) - padY;
    if (fromY < y0 || fromY >= y1) continue;
    for (let x = 0; x < columns; x++) {
      const fromX = x0 + Math.floor(Math.fround((x * side) / columns)) - padX;
      if (fromX < x0 || fromX >= x1) continue;
      result[y * columns + x] = plane[fromY * width + fromX]!;
    }
  }
  return result;
}

export interface CropOptions {
  /** Margin on each side, as a share of the box's sides. Default 0.1. */
  readonly context?: number;
  /** Default `region`. */
  readonly box?: BoxOf;
}

/**
 * Crops to the region with a margin, pads it to a square with the mean color, and resizes it to the
 * model resolution by nearest neighbor (evaluation_utils.py, object_crop).
 */
export function crop(options: CropOptions = {}): MaskingStrategy<CropOptions> {
  const { context = 0.1, box: boxed = 'region' } = checkOptions(options, 'crop');
  checkOneOf(boxed, 'box', ['region', 'original']);
  checkNumber(context, 'context', 0);
  return masking({
    name: 'crop',
    options: { context, box: boxed },
    resizes: true,
    apply(input, size) {
      const [x0, y0, right, bottom] = grownBox(input, context, boxed);
      const box = [x0, y0, Math.min(right, input.width), Math.min(bottom, input.height)] as const;
      const plane = input.width * input.height;
      const [height, width] = size;
      const pixels = new Float32Array(3 * height * width);
      for (let c = 0; c < 3; c++) {
        const channel = input.pixels.subarray(c * plane, (c + 1) * plane);
        pixels.set(cropPlane(channel, input.width, box, size), c * height * width);
      }
      return {
        ...input,
        height,
        width,
        pixels,
        mask: cropPlane(input.mask, input.width, box, size),
      };
    },
  });
}
