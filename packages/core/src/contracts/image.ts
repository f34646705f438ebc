/**
 * A decoded image: 8-bit, row-major, interleaved. `channels` is 1 (grey), 3 (RGB) or 4 (RGBA, which
 * is composed over white). `data.length === width * height * channels`.
 */
export interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * The size at which the model sees an image: the side of a square, `[height, width]`, or the longer
 * side, which keeps the aspect ratio.
 */
export type Resolution =
  | number
  | readonly [height: number, width: number]
  | { readonly longestSide: number };

/**
 * Decodes an adapter's image inputs (paths, Blobs, canvases, ...) to pixels.
 * @throws ClipSegError `invalid-image`, `not-found`, `network`, `aborted`
 */
export type ImageDecoder<Input = unknown> = (
  input: Input,
  options?: { signal?: AbortSignal },
) => Promise<RawImage>;

/** A part of an image in source pixels; `x1` and `y1` are not included. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];
