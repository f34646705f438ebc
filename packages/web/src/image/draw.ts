import { ClipSegError, palette, type Segmentation } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';

/** Red, green and blue, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface TintOptions {
  /** Probability, 0 to 1, default 0.5. */
  readonly threshold?: number;
  /** Opacity of the tint inside the masks, 0 to 1, default 0.5. */
  readonly opacity?: number;
  /** One per segment, repeated if too few. Default: `palette`, safe for color blindness. */
  readonly colors?: readonly Rgb[];
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
type Size = Pick<Segmentation, 'width' | 'height'>;

/**
 * Paints every segment in its color on a transparent background, at source size; later segments
 * cover earlier ones. Draw the result over the image at any scale.
 */
export function tint(
  { segments, width, height }: Segmentation,
  { threshold, opacity = 0.5, colors = palette }: TintOptions = {},
): ImageData {
  if (!(opacity >= 0 && opacity <= 1) || colors.length === 0) {
    const what =
      colors.length === 0 ? 'colors is empty' : `opacity is ${showValue(opacity)}; use 0 to 1`;
    throw new ClipSegError('invalid-argument', `${what}.`);
  }
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const alpha = Math.round(255 * opacity);
  for (const [i, segment] of segments.entries()) {
    const [red, green, blue] = colors[i % colors.length]!;
    const color = new Uint32Array(Uint8Array.of(red, green, blue, alpha).buffer)[0]!;
    const mask = segment.mask({ threshold });
    for (let p = 0; p < mask.length; p++) if (mask[p]) pixels[p] = color;
  }
  return image;
}

/**
 * Draws the tint over the contents of a canvas, scaled to its size.
 * @throws ClipSegError `invalid-argument` if the canvas has another kind of context
 */
export async function drawTint(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  segmentation: Segmentation,
  options?: TintOptions,
): Promise<void> {
  const context = canvas.getContext('2d') as Context | null;
  if (!context) {
    throw new ClipSegError('invalid-argument', 'The canvas has no 2d context.');
  }
  const bitmap = await createImageBitmap(tint(segmentation, options));
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}

/** Converts a mask to grey pixels: 255 inside, 0 outside, opaque. */
export function maskImageData(mask: Uint8Array, { width, height }: Size): ImageData {
  if (mask.length !== width * height) {
    const what = `The mask has ${mask.length} values, not one for each of ${width} x ${height} pixels.`;
    throw new ClipSegError('invalid-argument', what);
  }
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const [black = 0, white = 0] = new Uint32Array(
    Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255).buffer,
  );
  for (let p = 0; p < mask.length; p++) pixels[p] = mask[p] ? white : black;
  return image;
}

/** Converts a mask to a bitmap, to draw, or to send to another thread without a copy. */
export const maskBitmap = (mask: Uint8Array, size: Size): Promise<ImageBitmap> =>
  createImageBitmap(maskImageData(mask, size));

/** Converts a mask to a PNG file: 255 inside, 0 outside. */
export async function maskBlob(mask: Uint8Array, size: Size): Promise<Blob> {
  const image = maskImageData(mask, size);
  if (typeof OffscreenCanvas === 'function') {
    const canvas = new OffscreenCanvas(size.width, size.height);
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    return canvas.convertToBlob({ type: 'image/png' });
  }
  const canvas = Object.assign(document.createElement('canvas'), size);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return new Promise((resolve, reject) => {
    const failed = new ClipSegError('io', 'The canvas could not be written as a PNG.');
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(failed)), 'image/png');
  });
}
