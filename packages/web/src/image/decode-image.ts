import {
  ClipSegError,
  checkRawImage,
  FORMAT_BYTES,
  MAX_PIXELS,
  pictureFormat,
  type RawImage,
  showValue,
  throwIfAborted,
} from '@clipseg/core';
import { HEADER_BYTES, pictureSides } from './picture-sides.js';

/**
 * What `encodeImage` and `segment` take in a browser. Strings are URLs, relative to the page. Elements
 * give what they show at their natural size: an image that is loaded, the frame of a video.
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
  | VideoFrame
  | RawImage;

const isRaw = (input: object): input is RawImage => 'channels' in input && 'data' in input;
const isA = <T>(input: unknown, name: string): input is T => {
  const type = (globalThis as Record<string, unknown>)[name];
  return typeof type === 'function' && input instanceof type;
};

function invalid(what: string, cause?: unknown): ClipSegError {
  return new ClipSegError('invalid-image', what, { cause });
}

async function fetchImage(url: string, signal: AbortSignal | undefined): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    throwIfAborted(signal);
    const why = 'It is out of reach, or its server does not allow this page to read it (CORS)';
    const shown = showValue(url, 200);
    throw new ClipSegError('network', `The image ${shown} cannot be fetched. ${why}.`, { cause });
  }
  if (!response.ok) {
    throw new ClipSegError(
      'network',
      `The image ${showValue(url, 200)} answers ${response.status}.`,
    );
  }
  return response.blob();
}

/** Bytes as they are: upright by EXIF, colours and alpha left alone. */
const asStored = {
  imageOrientation: 'from-image',
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
} as const;

/** Refuses by the header, before a browser unpacks what may be gigabytes. */
async function checkHeader(blob: Blob, name: string, { maxPixels, maxBytes }: Limits) {
  if (blob.size === 0) throw invalid(`${name} is empty (0 bytes).`);
  if (blob.size > maxBytes) throw invalid(`${name} has more than ${maxBytes} bytes (maxBytes).`);
  const head = new Uint8Array(await blob.slice(0, HEADER_BYTES).arrayBuffer());
  const format = pictureFormat(head.subarray(0, FORMAT_BYTES));
  const [width, height] = pictureSides(head, format, name);
  if (width * height > maxPixels) {
    throw invalid(`${name} has ${width} x ${height} pixels, more than ${maxPixels} (maxPixels).`);
  }
}

async function decodeBlob(blob: Blob, name: string, limits: Limits): Promise<ImageBitmap> {
  await checkHeader(blob, name, limits);
  try {
    return await createImageBitmap(blob, asStored);
  } catch (cause) {
    const type = blob.type || 'an unknown type';
    const hint = blob.type.includes('svg') ? ' Give an <img> that shows it instead.' : '';
    throw invalid(`${name} (${type}) cannot be decoded as a picture.${hint}`, cause);
  }
}

function surface(width: number, height: number): OffscreenCanvas | HTMLCanvasElement {
  if (typeof OffscreenCanvas === 'function') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

/** Reads the pixels over white, so that no alpha has to be divided out again. */
function readPixels(
  source: CanvasImageSource,
  [width, height]: readonly [number, number],
  name: string,
): RawImage {
  if (width * height > MAX_PIXELS) {
    throw invalid(`${name} has ${width * height} pixels, more than ${MAX_PIXELS}; scale it down.`);
  }
  const canvas = surface(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as
    | OffscreenCanvasRenderingContext2D
    | CanvasRenderingContext2D
    | null;
  if (!context) throw invalid(`${name} of ${width} x ${height} pixels fits no canvas.`);
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
    data[o++] = rgba[i] as number;
    data[o++] = rgba[i + 1] as number;
    data[o++] = rgba[i + 2] as number;
  }
  return { width, height, channels: 3, data };
}

function fromImageData(image: ImageData): RawImage {
  const { width, height, data } = image;
  if (data instanceof Uint8ClampedArray && image.colorSpace !== 'display-p3') {
    return { width, height, channels: 4, data };
  }
  // Wide colours and half floats: the canvas converts them to sRGB bytes.
  const canvas = surface(width, height);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.putImageData(image, 0, 0);
  return readPixels(canvas, [width, height], 'The ImageData');
}

/** A picture of an element or frame as a bitmap; the element stays as it is. */
export async function bitmapOf(input: ImageInput): Promise<ImageBitmap> {
  if (isA<HTMLImageElement>(input, 'HTMLImageElement')) {
    await input.decode?.().catch(() => {});
    if (!input.naturalWidth) {
      throw invalid(`The image element ${input.currentSrc} shows no picture: wait for its load.`);
    }
    return createImageBitmap(input, asStored);
  }
  if (isA<HTMLVideoElement>(input, 'HTMLVideoElement') && input.readyState < 2) {
    throw invalid('The video shows no frame yet: wait for its loadeddata.');
  }
  try {
    return await createImageBitmap(input as ImageBitmapSource, { colorSpaceConversion: 'none' });
  } catch (cause) {
    throw invalid('The picture cannot be read: it is empty, closed or detached.', cause);
  }
}

const elements = [
  ...['HTMLImageElement', 'SVGImageElement', 'HTMLVideoElement', 'HTMLCanvasElement'],
  ...['OffscreenCanvas', 'VideoFrame'],
];
/** Whether only a bitmap of it can be sent to a worker, or sent without being taken away. */
export const needsBitmap = (input: unknown): boolean => elements.some((name) => isA(input, name));

async function drawable(
  input: Exclude<ImageInput, RawImage | ImageData>,
  signal: AbortSignal | undefined,
  limits: Limits,
): Promise<readonly [ImageBitmap, name: string, own: boolean]> {
  if (typeof input === 'string' || input instanceof URL) {
    const url = String(input);
    const name = /^data:/i.test(url) ? 'The data: URL' : url;
    return [await decodeBlob(await fetchImage(url, signal), name, limits), name, true];
  }
  if (isA<File>(input, 'File'))
    return [await decodeBlob(input, input.name, limits), input.name, true];
  if (input instanceof Blob)
    return [await decodeBlob(input, 'The image', limits), 'The image', true];
  if (isA<ImageBitmap>(input, 'ImageBitmap')) return [input, 'The ImageBitmap', false];
  if (needsBitmap(input)) return [await bitmapOf(input), 'The picture', true];
  const type = input === null ? 'null' : typeof input;
  throw invalid(`The image is ${type}; give a Blob, URL, element, bitmap, ImageData or RawImage.`);
}

export interface DecodeImageOptions {
  readonly signal?: AbortSignal;
  /** Files of more pixels, as the header says, are refused before they are unpacked. Default 2^28. */
  readonly maxPixels?: number;
  /** Files of more bytes are refused. Default 2^29 (512 MiB). */
  readonly maxBytes?: number;
}
type Limits = Required<Omit<DecodeImageOptions, 'signal'>>;

/**
 * Decodes a picture to 8-bit RGB: EXIF orientation applied, alpha over white, colour profiles left
 * alone, as Node's adapter and Pillow do.
 * @throws ClipSegError `invalid-image`, `network`, `aborted`
 */
export async function decodeImage(
  input: ImageInput,
  { signal, maxPixels = MAX_PIXELS, maxBytes = 2 ** 29 }: DecodeImageOptions = {},
): Promise<RawImage> {
  throwIfAborted(signal);
  if (isA<ImageData>(input, 'ImageData')) return fromImageData(input);
  if (typeof input === 'object' && input !== null && isRaw(input)) {
    return checkRawImage(input, maxPixels);
  }
  const [bitmap, name, own] = await drawable(input, signal, { maxPixels, maxBytes });
  try {
    throwIfAborted(signal);
    if (bitmap.width === 0) throw invalid(`${name} is closed or was sent elsewhere.`);
    return readPixels(bitmap, [bitmap.width, bitmap.height], name);
  } finally {
    if (own) bitmap.close();
  }
}
