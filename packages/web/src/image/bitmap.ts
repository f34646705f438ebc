import { type ImageInput, isA } from './input.js';
import { checkPixels, invalid, type Limits, madeInTime, tooLarge } from './limits.js';
import { HEADER_BYTES, pictureSides } from './picture-sides.js';

/** Decode the stored values: upright by EXIF, colors and alpha unchanged. */
const asStored = {
  imageOrientation: 'from-image',
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
} as const;

/** The error's texts load on demand. */
const refusal = async (head: Uint8Array, name: string, cause?: unknown) =>
  (await import('./refusal.js')).refusal(head, name, cause);

async function makeBitmap(blob: Blob, name: string, limits: Limits): Promise<ImageBitmap> {
  const head = new Uint8Array(await blob.slice(0, HEADER_BYTES).arrayBuffer());
  // Check the header, before the browser decodes what may be gigabytes.
  const sides = pictureSides(head);
  if (!sides) throw await refusal(head, name);
  checkPixels(sides, name, limits);
  try {
    return await createImageBitmap(blob, asStored);
  } catch (cause) {
    throw await refusal(head, name, cause);
  }
}

/** @throws ClipSegError `invalid-image`, `aborted` */
export async function bitmapOfFile(blob: Blob, name: string, limits: Limits): Promise<ImageBitmap> {
  if (blob.size === 0) throw invalid(`${name} is empty (0 bytes).`);
  if (blob.size > limits.maxBytes) throw tooLarge(name, limits);
  return madeInTime(makeBitmap(blob, name, limits), name, limits);
}

interface Sized {
  readonly naturalWidth?: number;
  readonly naturalHeight?: number;
  readonly videoWidth?: number;
  readonly videoHeight?: number;
  readonly displayWidth?: number;
  readonly displayHeight?: number;
  readonly width: unknown;
  readonly height: unknown;
}

/** Returns the displayed size; an SVG image has none. */
function sidesOf(input: ImageInput): readonly [number, number] {
  const element = input as Sized;
  const sides = [
    element.naturalWidth ?? element.videoWidth ?? element.displayWidth ?? element.width,
    element.naturalHeight ?? element.videoHeight ?? element.displayHeight ?? element.height,
  ].map((side) => (typeof side === 'number' ? side : 0));
  return sides as [number, number];
}

async function shown(input: ImageInput, limits: Limits): Promise<ImageBitmap> {
  if (isA<HTMLImageElement>(input, 'HTMLImageElement')) {
    await input.decode?.().catch(() => {});
    if (!input.naturalWidth) {
      throw invalid(
        `The image element ${input.currentSrc} has not loaded: wait for its load event.`,
      );
    }
  }
  if (isA<HTMLVideoElement>(input, 'HTMLVideoElement') && input.readyState < 2) {
    throw invalid('The video shows no frame yet: wait for its loadeddata event.');
  }
  checkPixels(sidesOf(input), 'The image', limits);
  const options = isA(input, 'HTMLImageElement') ? asStored : { colorSpaceConversion: 'none' };
  try {
    return await createImageBitmap(input as ImageBitmapSource, options as ImageBitmapOptions);
  } catch (cause) {
    throw invalid('The image cannot be read: it is empty, closed or detached.', cause);
  }
}

/**
 * Returns an element's or frame's image as a bitmap; the element does not change.
 * @throws ClipSegError `invalid-image`, `aborted`
 */
export const bitmapOfElement = (input: ImageInput, limits: Limits): Promise<ImageBitmap> =>
  madeInTime(shown(input, limits), 'The image', limits);
