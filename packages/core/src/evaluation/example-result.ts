import type { Segment } from '../contracts/segmentation.js';
import type { Picture, Truth } from './dataset.js';

/** The result of one example. */
export interface ExampleScores {
  readonly picture: string;
  readonly label: string;
  readonly kind: string;
  readonly category: string;
  readonly iou: number;
  readonly boundaryF: number;
  /** The score that `presence` gives, a probability. */
  readonly presence: number;
  /** Area of the mask and of the truth, as shares of the image. */
  readonly area: number;
  readonly truthArea: number;
}

/** An example with its pixels, for reports that show images. */
export interface ExampleResult<ImageInput> {
  readonly scores: ExampleScores;
  readonly picture: Picture<ImageInput>;
  readonly segment: Segment;
  readonly mask: Uint8Array;
  readonly truth: Truth;
}
