import type { RawImage } from './contracts/image.js';
import { ClipSegError } from './errors.js';

/** The largest picture taken: 2^28 pixels, 16384 x 16384. */
export const MAX_PIXELS = 2 ** 28;

/**
 * @returns the image, when it is one
 * @throws ClipSegError `invalid-image` saying what is wrong
 */
export function checkRawImage(image: unknown): RawImage {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-image', `The image ${what}.`);
  };
  if (typeof image !== 'object' || image === null)
    return fail(
      `is ${image === null ? 'null' : typeof image}, not { width, height, channels, data }`,
    );
  const { width, height, channels, data } = image as Partial<RawImage>;
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || Number(side) < 1) {
      fail(`is ${width} x ${height} pixels; both sides must be at least 1`);
    }
  }
  const pixels = Number(width) * Number(height);
  if (pixels > MAX_PIXELS)
    fail(`has ${pixels} pixels, more than ${MAX_PIXELS}; scale it down first`);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    return fail(`has ${channels} channels; 1 (grey), 3 (RGB) or 4 (RGBA) are taken`);
  }
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    return fail('has no 8-bit data (Uint8Array)');
  }
  if (data.length !== pixels * channels) {
    fail(`has ${data.length} bytes, not ${width} x ${height} x ${channels} = ${pixels * channels}`);
  }
  return image as RawImage;
}

/** Grey is repeated, alpha composed over white; RGB is returned as it is. */
export function toRgb(image: RawImage): RawImage {
  const { width, height, channels, data } = image;
  if (channels === 3) return image;
  const rgb = new Uint8Array(width * height * 3);
  if (channels === 1) {
    for (let i = 0; i < data.length; i++) rgb.fill(data[i] as number, i * 3, i * 3 + 3);
  } else {
    for (let i = 0, o = 0; i < data.length; i += 4) {
      const alpha = data[i + 3] as number;
      const white = 255 * (255 - alpha);
      for (let c = 0; c < 3; c++) {
        rgb[o++] = Math.round(((data[i + c] as number) * alpha + white) / 255);
      }
    }
  }
  return { width, height, channels: 3, data: rgb };
}
