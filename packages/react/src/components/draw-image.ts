import type { RawImage } from '@clipseg/core';
import { toRgba } from '@clipseg/core/formats';

/** Puts a picture on a canvas, whose size becomes that of the picture. */
export function drawImage(canvas: HTMLCanvasElement, image: RawImage): void {
  const { width, height, data } = toRgba(image);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
}

/** Where on a picture something happens, in its pixels, however large the canvas is shown. */
export function pointOn(
  canvas: HTMLCanvasElement,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): readonly [x: number, y: number] {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const x = ((clientX - left) * canvas.width) / (width || 1);
  const y = ((clientY - top) * canvas.height) / (height || 1);
  return [x, y];
}
