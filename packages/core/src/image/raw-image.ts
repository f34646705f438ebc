import type { RawImage } from '../contracts/image.js';
import { checkCount, checkList } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

/** Largest number of pixels of an image: 2^28, e.g. 16384 x 16384. */
export const MAX_PIXELS = 2 ** 28;

/** Reads a value's tag. Not instanceof: other realms (Jest, vm, iframes) have their own classes. */
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

function checkSides(width: unknown, height: unknown, maxPixels: number): string | undefined {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || Number(side) < 1) {
      return `is ${showValue(width)} x ${showValue(height)} pixels; both sides must be at least 1`;
    }
  }
  const pixels = Number(width) * Number(height);
  if (pixels <= maxPixels) return undefined;
  return `has ${pixels} pixels, more than ${maxPixels}; scale it down first`;
}

function inspected(image: unknown, maxPixels: number): RawImage {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-image', `The image ${what}.`);
  };
  if (typeof image !== 'object' || image === null)
    return fail(
      `is ${image === null ? 'null' : typeof image}, not { width, height, channels, data }`,
    );
  const { width, height, data } = image as Partial<RawImage>;
  const tag = tagOf(data);
  const canvas = !('channels' in image) && tag === 'Uint8ClampedArray';
  const channels = canvas ? 4 : (image as Partial<RawImage>).channels;
  const wrong = checkSides(width, height, maxPixels);
  if (wrong) return fail(wrong);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    return fail(`has ${showValue(channels)} channels; 1 (grey), 3 (RGB) or 4 (RGBA) are taken`);
  }
  if (!ArrayBuffer.isView(data) || (tag !== 'Uint8Array' && tag !== 'Uint8ClampedArray')) {
    return fail('has no 8-bit data (Uint8Array)');
  }
  const wanted = Number(width) * Number(height) * channels;
  if (data.length !== wanted) {
    return fail(`has ${data.length} bytes, not ${width} x ${height} x ${channels} = ${wanted}`);
  }
  if (!canvas) return image as RawImage;
  return { width, height, channels: 4, data } as RawImage;
}

/**
 * @param maxPixels default `MAX_PIXELS`
 * @returns the image; pixels of a canvas (`ImageData`: 8 bits clamped, without `channels`) get
 *   their four channels
 * @throws ClipSegError `invalid-image` saying what is wrong
 */
export function checkRawImage(image: unknown, maxPixels: number = MAX_PIXELS): RawImage {
  try {
    return inspected(image, maxPixels);
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    // A getter or a proxy of the image threw.
    throw new ClipSegError('invalid-image', 'The image cannot be read.', { cause });
  }
}

/**
 * @throws ClipSegError `invalid-argument` unless it is [height, width] of no more than all pictures
 * have
 */
export function checkArea(size: readonly [number, number]): readonly [number, number] {
  const sides = checkList(size, 'size').map((side) => checkCount(side, 'A side of size'));
  const [height = 0, width = 0] = sides;
  if (sides.length === 2 && height * width <= MAX_PIXELS) return [height, width];
  const message = `size is ${showValue(size)}, not [height, width] of ${MAX_PIXELS} pixels at most.`;
  throw new ClipSegError('invalid-argument', message);
}

/** Converts to RGB: repeats grey, composes alpha over white, returns RGB unchanged. */
export function toRgb(image: RawImage): RawImage {
  const { width, height, channels, data } = image;
  if (channels === 3) return image;
  const rgb = new Uint8Array(width * height * 3);
  if (channels === 1) {
    for (let i = 0; i < data.length; i++) rgb.fill(data[i]!, i * 3, i * 3 + 3);
  } else {
    for (let i = 0, o = 0; i < data.length; i += 4) {
      const alpha = data[i + 3]!;
      const white = 255 * (255 - alpha);
      for (let c = 0; c < 3; c++) {
        rgb[o++] = Math.round((data[i + c]! * alpha + white) / 255);
      }
    }
  }
  return { width, height, channels: 3, data: rgb };
}
