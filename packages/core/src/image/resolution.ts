import type { Resolution } from '../contracts/image.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';

/** Largest side of the model resolution: attention grows with its fourth power. */
export const MAX_MODEL_SIDE = 4096;

/**
 * Computes the resolution that the model sees. Sides are rounded to the nearest multiple of the
 * patch size, at least one patch.
 * @throws ClipSegError `invalid-argument`
 */
export function resolutionOf(
  resolution: Resolution | undefined,
  image: { readonly width: number; readonly height: number },
  standard: readonly [height: number, width: number],
  patchSize: number,
): readonly [height: number, width: number] {
  const [height, width] = reading('resolution', () => wanted(resolution, image, standard));
  const round = (side: number): number => {
    if (!(side >= 1 && side <= MAX_MODEL_SIDE)) {
      throw new ClipSegError(
        'invalid-argument',
        `resolution: ${showValue(resolution)} gives a side of ${side}; from 1 to ${MAX_MODEL_SIDE} is possible.`,
      );
    }
    return Math.max(1, Math.round(side / patchSize)) * patchSize;
  };
  return [round(height), round(width)];
}

function wanted(
  resolution: Resolution | undefined,
  image: { readonly width: number; readonly height: number },
  standard: readonly [number, number],
): readonly [number, number] {
  if (resolution === undefined) return standard;
  if (Number.isInteger(resolution)) return [resolution as number, resolution as number];
  if (Array.isArray(resolution) && resolution.length === 2 && resolution.every(Number.isInteger)) {
    return resolution as unknown as [number, number];
  }
  if (
    isRecord(resolution) &&
    Number.isInteger(resolution.longestSide) &&
    Number(resolution.longestSide) >= 1
  ) {
    const scale = Number(resolution.longestSide) / Math.max(image.width, image.height);
    // A very thin image keeps one pixel, which becomes one patch.
    return [Math.max(1, image.height * scale), Math.max(1, image.width * scale)];
  }
  throw new ClipSegError(
    'invalid-argument',
    `resolution: ${showValue(resolution)} is not a side, [height, width] or { longestSide } in whole pixels.`,
  );
}
