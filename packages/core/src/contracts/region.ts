import type { Box } from './image.js';

/** [x, y] in source pixels; the center of the first pixel is 0.5, 0.5. */
export type Point = readonly [x: number, y: number];

/** A part of an image, in its pixels. */
export type Region =
  /** uint8 [height, width], inside where not 0. */
  | { readonly mask: Uint8Array }
  /** x0, y0, x1, y1; x1 and y1 are not included. */
  | { readonly box: Box }
  | { readonly point: Point; readonly radius: number }
  /** Inside by the even-odd rule. */
  | { readonly polygon: readonly Point[] }
  /** A line drawn with a round brush, whose width is in pixels. */
  | { readonly scribble: readonly Point[]; readonly lineWidth: number };
