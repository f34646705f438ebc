import { MAX_PIXELS } from '../image/raw-image.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

/** Width and height in pixels, e.g. of a `Segmentation` or a `RawImage`. */
export interface MaskSize {
  readonly width: number;
  readonly height: number;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * @throws ClipSegError `invalid-argument` unless both sides are whole numbers and their product is
 *   not too large
 */
export function checkSize(size: MaskSize): void {
  reading('The size', () => {
    if (!isObject(size)) {
      const message = `The size is ${showValue(size)}, not { width, height }.`;
      throw new ClipSegError('invalid-argument', message);
    }
    const { width, height } = size;
    const whole = Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1;
    if (whole && width * height <= MAX_PIXELS) return;
    throw new ClipSegError(
      'invalid-argument',
      `The size is ${showValue(width)} x ${showValue(height)}; whole sides from 1 and at most ` +
        `${MAX_PIXELS} pixels are taken.`,
    );
  });
}

/**
 * @param name the mask's name in messages
 * @throws ClipSegError `invalid-argument` unless it is a Uint8Array [height, width]
 */
export function checkMask(mask: unknown, size: MaskSize, name = 'mask'): Uint8Array {
  checkSize(size);
  return reading(`The ${name}`, () => {
    const { width, height } = size;
    if (mask instanceof Uint8Array && mask.length === width * height) return mask;
    const got = mask instanceof Uint8Array ? `${mask.length} values` : 'no Uint8Array';
    const message = `The ${name} has ${got}, not ${width} x ${height} = ${width * height}.`;
    throw new ClipSegError('invalid-argument', message);
  });
}
