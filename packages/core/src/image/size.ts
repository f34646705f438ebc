import type { Size } from '../contracts/image.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';

/** The largest model resolution a side: attention grows with the fourth power of it. */
export const MAX_MODEL_SIDE = 4096;

/**
 * The resolution the model sees. Sides are rounded to the nearest multiple of the patch size, at
 * least one patch.
 * @throws ClipSegError `invalid-argument`
 */
export function resolveSize(
  size: Size | undefined,
  image: { readonly width: number; readonly height: number },
  standard: readonly [height: number, width: number],
  patchSize: number,
): readonly [height: number, width: number] {
  const [height, width] = reading('size', () => wanted(size, image, standard));
  const round = (side: number): number => {
    if (!(side >= 1 && side <= MAX_MODEL_SIDE)) {
      throw new ClipSegError(
        'invalid-argument',
        `size: ${showValue(size)} gives a side of ${side}; from 1 to ${MAX_MODEL_SIDE} is possible.`,
      );
    }
    return Math.max(1, Math.round(side / patchSize)) * patchSize;
  };
  return [round(height), round(width)];
}

function wanted(
  size: Size | undefined,
  image: { readonly width: number; readonly height: number },
  standard: readonly [number, number],
): readonly [number, number] {
  if (size === undefined) return standard;
  if (Number.isInteger(size)) return [size as number, size as number];
  if (Array.isArray(size) && size.length === 2 && size.every(Number.isInteger)) {
    return size as unknown as [number, number];
  }
  if (isRecord(size) && Number.isInteger(size.longestSide) && Number(size.longestSide) >= 1) {
    const scale = Number(size.longestSide) / Math.max(image.width, image.height);
    // A sliver keeps one pixel, which becomes one patch.
    return [Math.max(1, image.height * scale), Math.max(1, image.width * scale)];
  }
  throw new ClipSegError(
    'invalid-argument',
    `size: ${showValue(size)} is not a side, [height, width] or { longestSide } in whole pixels.`,
  );
}
