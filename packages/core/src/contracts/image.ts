/**
 * A decoded picture: 8-bit, row-major, interleaved. 1 = grey, 3 = RGB, 4 = RGBA (alpha is composed
 * over white). `data.length === width * height * channels`.
 */
export interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * The resolution the model sees: a square, `[height, width]`, or the longer side with aspect kept.
 */
export type Resolution =
  | number
  | readonly [height: number, width: number]
  | { readonly longestSide: number };

/**
 * Turns an adapter's image inputs (paths, Blobs, canvases, ...) into pixels.
 * @throws ClipSegError `invalid-image`, `not-found`, `network`, `aborted`
 */
export type ImageDecoder<Input = unknown> = (
  input: Input,
  options?: { signal?: AbortSignal },
) => Promise<RawImage>;

/** A part of a picture in source pixels, the ends not included. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];
