import type { RawImage } from '@clipseg/core';
import { checkRawImage } from '@clipseg/core/model';
import { isA } from './input.js';
import { checkPixels, invalid, type Limits } from './limits.js';

type Context = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D | null;

function surface(width: number, height: number): OffscreenCanvas | HTMLCanvasElement {
  if (typeof OffscreenCanvas === 'function') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

function contextOf(canvas: OffscreenCanvas | HTMLCanvasElement, name: string) {
  const context = canvas.getContext('2d', { willReadFrequently: true }) as Context;
  if (context) return context;
  throw invalid(`${name} does not fit into a canvas: ${canvas.width} x ${canvas.height} pixels.`);
}

/** Reads the pixels over white, so that alpha need not be divided out again. */
export function readPixels(
  source: CanvasImageSource,
  [width, height]: readonly [number, number],
  name: string,
): RawImage {
  const context = contextOf(surface(width, height), name);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  let rgba: Uint8ClampedArray;
  try {
    context.drawImage(source, 0, 0, width, height);
    rgba = context.getImageData(0, 0, width, height).data;
  } catch (cause) {
    const origin = 'If it is from another origin, set crossorigin="anonymous" on the element';
    throw invalid(`${name} cannot be read. ${origin}.`, cause);
  }
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; o < data.length; i += 4) {
    data[o++] = rgba[i]!;
    data[o++] = rgba[i + 1]!;
    data[o++] = rgba[i + 2]!;
  }
  return { width, height, channels: 3, data };
}

/**
 * Converts decoded pixels: `RawImage`, `ImageData`, or an object of that form.
 * @throws ClipSegError `invalid-image`
 */
export function fromPixels(image: object, limits: Limits): RawImage {
  const { maxPixels } = limits;
  if (!isA<ImageData>(image, 'ImageData')) return checkRawImage(image, maxPixels);
  const { width, height, data, colorSpace } = image;
  if (isA(data, 'Uint8ClampedArray') && colorSpace !== 'display-p3') {
    return checkRawImage({ width, height, data }, maxPixels);
  }
  // For wide-gamut colors and half floats: the canvas converts them to sRGB bytes.
  const name = 'The ImageData';
  checkPixels([width, height], name, limits);
  const canvas = surface(width, height);
  contextOf(canvas, name).putImageData(image, 0, 0);
  return readPixels(canvas, [width, height], name);
}
