import type { Composition } from './composition.js';
import type { Box } from './image.js';

/** What the decoder reads: float32 [layers, 1 + h*w, reduceDim], deepest layer first. */
export interface Features {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A further look at a picture, besides the one at the whole of it. */
export interface EncodedView {
  /** Source pixels. */
  readonly box: Box;
  /** Whether left and right are exchanged. */
  readonly mirrored: boolean;
  readonly features: Features;
}

/** A picture after the vision encoder: keep it, send it, prompt it as often as you like. */
export interface EncodedImage {
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Model resolution [height, width], multiples of the patch size. */
  readonly resolution: readonly [height: number, width: number];
  /** The decoder's reduces of the whole, or of the region. */
  readonly features: Features;
  /** What was looked at, where that is not the whole. */
  readonly crop?: Box;
  /** Tiles and mirrored looks, where there are some; `decode` puts them together. */
  readonly views?: readonly EncodedView[];
  /** Which model made it; decoding with another is an error. */
  readonly model: string;
  /** Milliseconds. */
  readonly timings: { readonly preprocess: number; readonly encode: number };
}

/** A prompt after its encoder: plain data. */
export interface EncodedEmbedding {
  readonly label: string;
  readonly embedding: ConditionalEmbedding;
}

/** What `decode` takes: an embedding, or a composition of them. */
export type EncodedPrompt =
  | EncodedEmbedding
  | { readonly label: string; readonly compose: Composition<EncodedEmbedding> };

/**
 * The vector that says what to segment, float32 [projectionDim]; never L2-normalised (paper 3.2).
 */
export type ConditionalEmbedding = Float32Array;
