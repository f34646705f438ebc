import type { Composition } from './composition.js';
import type { Box } from './image.js';

/** Features for the decoder: float32 [layers, 1 + h*w, reduceDim], deepest layer first. */
export interface Features {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A further view of an image, besides that of the whole image. */
export interface EncodedView {
  /** The part of the image, in source pixels. */
  readonly box: Box;
  /** Whether the view is mirrored horizontally. */
  readonly mirrored: boolean;
  readonly features: Features;
}

/** The features of an image: keep it, send it, prompt it as often as you like. */
export interface EncodedImage {
  /** Source size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Model resolution [height, width], multiples of the patch size. */
  readonly resolution: readonly [height: number, width: number];
  /** Features of the whole image, or of the crop. */
  readonly features: Features;
  /** The part of the image that was encoded; absent for the whole image. */
  readonly crop?: Box;
  /** Tiles and mirrored views, if any; `decode` fuses them. */
  readonly views?: readonly EncodedView[];
  /** Id of the model that encoded it; decoding with another model is an error. */
  readonly model: string;
  /** Time of each stage in milliseconds. */
  readonly timings: { readonly preprocess: number; readonly encode: number };
}

/** The embedding of a prompt, as plain data. */
export interface EncodedEmbedding {
  readonly label: string;
  readonly embedding: ConditionalEmbedding;
}

/** A prompt for `decode`: an embedding, or a composition of embeddings. */
export type EncodedPrompt =
  | EncodedEmbedding
  | { readonly label: string; readonly compose: Composition<EncodedEmbedding> };

/**
 * The vector that tells the decoder what to segment, float32 [projectionDim]; never L2-normalized
 * (paper 3.2).
 */
export type ConditionalEmbedding = Float32Array;
