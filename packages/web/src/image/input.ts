import type { RawImage } from '@clipseg/core';

/**
 * What `encodeImage` and `segment` take in a browser. Strings are URLs, relative to the page.
 * Elements give what they show at their natural size: an image that is loaded, the frame of a
 * video. Pixels of RGBA need no `channels`: `{ width, height, data }`.
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

/** Pixels as a canvas gives them: RGBA, 8 bits each. */
export interface ImageDataLike {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** By its tag and not by instanceof: frames of a page bring their own classes. */
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

/** Whether only a bitmap of it can be sent to a worker, or sent without being taken away. */
export const needsBitmap = (input: unknown): boolean => isA(input, ...ELEMENTS);

/** Whether it looks like pixels; what is wrong with them is for `checkRawImage` to say. */
export const isPixels = (input: unknown): boolean =>
  typeof input === 'object' &&
  input !== null &&
  'data' in input &&
  ('channels' in input || ('width' in input && 'height' in input));
