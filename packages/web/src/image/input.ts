import type { RawImage } from '@clipseg/core';

/**
 * Image inputs in a browser. Strings are URLs, relative to the page. Elements give what they show,
 * at their natural size: the loaded image, or a video's current frame. RGBA pixels need no
 * `channels`: `{ width, height, data }`.
 */
export type ImageInput =
  | string
  | URL
  | Blob
  | HTMLImageElement
  | SVGImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | ImageDataLike
  | VideoFrame
  | RawImage;

/** Pixels from a canvas: RGBA, 8 bits each. */
export interface ImageDataLike {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Returns the tag: `instanceof` fails for objects of iframes, which have their own classes. */
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export const isA = <T>(input: unknown, ...names: string[]): input is T =>
  typeof input === 'object' && input !== null && names.includes(tagOf(input));

const ELEMENTS = [
  'HTMLImageElement',
  'SVGImageElement',
  'HTMLVideoElement',
  'HTMLCanvasElement',
  'OffscreenCanvas',
  'VideoFrame',
];

/** Whether the input must be sent to a worker as a bitmap, because it cannot be sent or copied. */
export const needsBitmap = (input: unknown): boolean => isA(input, ...ELEMENTS);

/** Whether the input looks like pixels; `checkRawImage` checks them. */
export const isPixels = (input: unknown): boolean =>
  typeof input === 'object' &&
  input !== null &&
  'data' in input &&
  ('channels' in input || ('width' in input && 'height' in input));
