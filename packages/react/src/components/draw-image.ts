import type { RawImage } from '@clipseg/core';
import { toRgba } from '@clipseg/core/formats';

/** Draws an image on a canvas, and sets the canvas's size to that of the image. */
export function drawImage(canvas: HTMLCanvasElement, image: RawImage): void {
  const { width, height, data } = toRgba(image);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
}

/** Converts an event's position to image pixels, at any display size of the canvas. */
export function pointOn(
  canvas: HTMLCanvasElement,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): readonly [x: number, y: number] {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const x = ((clientX - left) * canvas.width) / (width || 1);
  const y = ((clientY - top) * canvas.height) / (height || 1);
  return [x, y];
}
