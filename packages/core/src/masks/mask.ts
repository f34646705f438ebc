import { ClipSegError } from '../errors.js';
import { MAX_PIXELS } from '../raw-image.js';

/** Of a mask, in pixels. A `Segmentation` and a `RawImage` are such. */
export interface MaskSize {
  readonly width: number;
  readonly height: number;
}

/** @throws ClipSegError `invalid-argument` unless both sides are whole and the whole is not too large */
export function checkSize({ width, height }: MaskSize): void {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1;
  if (whole && width * height <= MAX_PIXELS) return;
  throw new ClipSegError(
    'invalid-argument',
    `The size is ${width} x ${height}; whole sides from 1 and at most ${MAX_PIXELS} pixels are taken.`,
  );
}

/**
 * @param name how messages call it
 * @throws ClipSegError `invalid-argument` unless it is a Uint8Array [height, width]
 */
export function checkMask(mask: unknown, size: MaskSize, name = 'mask'): Uint8Array {
  checkSize(size);
  if (mask instanceof Uint8Array && mask.length === size.width * size.height) return mask;
  const got = mask instanceof Uint8Array ? `${mask.length} values` : 'no Uint8Array';
  throw new ClipSegError(
    'invalid-argument',
    `The ${name} has ${got}, not ${size.width} x ${size.height} = ${size.width * size.height}.`,
  );
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a finite number of at least `least`
 */
export function checkNumber(value: unknown, name: string, least = 0): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value;
  throw new ClipSegError('invalid-argument', `${name} is ${value}, not a number from ${least}.`);
}
