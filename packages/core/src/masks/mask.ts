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

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a number from `low` to `high`
 */
export function checkRange(value: unknown, name: string, low = 0, high = 1): number {
  if (typeof value === 'number' && value >= low && value <= high) return value;
  throw new ClipSegError(
    'invalid-argument',
    `${name} is ${value}; it goes from ${low} to ${high}.`,
  );
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is one of those that are possible
 */
export function checkOneOf<T extends string | number>(
  value: unknown,
  name: string,
  possible: readonly T[],
): T {
  const found = possible.find((one) => one === value);
  if (found !== undefined) return found;
  const message = `${name} is ${JSON.stringify(value)}, not ${possible.join(' or ')}.`;
  throw new ClipSegError('invalid-argument', message);
}

/**
 * @returns the value
 * @throws ClipSegError `invalid-argument` unless it is a whole number of at least `least`
 */
export function checkCount(value: unknown, name: string, least = 1): number {
  if (Number.isInteger(value) && Number(value) >= least) return value as number;
  throw new ClipSegError(
    'invalid-argument',
    `${name} is ${value}, not a whole number from ${least}.`,
  );
}
