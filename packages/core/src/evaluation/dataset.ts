import type { RawImage } from '../contracts/image.js';
import type { Prompt } from '../contracts/prompt.js';

/**
 * The true mask: uint8 [height, width], 1 inside, 0 outside, `IGNORED` (255) where pixels do not
 * count.
 */
export interface Truth {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A prompt for an image, and the mask that it should give. */
export interface Example {
  readonly prompt: Prompt;
  readonly label: string;
  /** Examples of a kind are scored together, e.g. `text`, `image`, `absent`. */
  readonly kind: string;
  /** Groups examples for the mean over classes; the label by default. */
  readonly category?: string;
  truth(): Truth | Promise<Truth>;
}

export interface Picture<ImageInput = unknown> {
  /** Name in reports. */
  readonly name: string;
  /** An input of `encodeImage`. */
  readonly image: ImageInput;
  readonly examples: readonly Example[];
}

/** Images with prompts and truths. Factories return one; images are read one by one. */
export interface Dataset<ImageInput = unknown> {
  readonly name: string;
  /**
   * @throws ClipSegError `not-found`, `invalid-argument` naming the file and what is wrong with it
   */
  pictures(): AsyncIterable<Picture<ImageInput>>;
}

/** Reads the files of a dataset from any place. Paths are relative, with `/`. */
export interface DatasetFiles<ImageInput = unknown> {
  /** Name in messages. */
  readonly name: string;
  /** @throws ClipSegError `not-found` */
  text(path: string): Promise<string>;
  /** Sorted names in a folder; an empty list if the folder does not exist. */
  list(folder: string): Promise<string[]>;
  /** An image as `encodeImage` takes it. */
  image(path: string): ImageInput;
  /** @throws ClipSegError `not-found`, `invalid-image` */
  pixels(path: string): Promise<RawImage>;
}
