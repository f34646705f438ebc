import type { RawImage } from '../contracts/image.js';
import type { Prompt } from '../contracts/prompt-strategy.js';

/**
 * What is right: uint8 [height, width], 1 inside, 0 outside, `IGNORED` (255) where neither counts.
 */
export interface Truth {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A prompt for a picture, and what it should select. */
export interface Example {
  readonly prompt: Prompt;
  readonly label: string;
  /** Examples of a kind are scored together, e.g. `text`, `image`, `absent`. */
  readonly kind: string;
  /** What the mean over classes groups by; the label by default. */
  readonly category?: string;
  truth(): Truth | Promise<Truth>;
}

export interface Picture<ImageInput = unknown> {
  /** For reports. */
  readonly name: string;
  /** What `encodeImage` takes. */
  readonly image: ImageInput;
  readonly examples: readonly Example[];
}

/** Pictures with prompts and truths. A factory returns one; pictures are read as they come. */
export interface Dataset<ImageInput = unknown> {
  readonly name: string;
  /**
   * @throws ClipSegError `not-found`, `invalid-argument` naming the file and what is wrong with it
   */
  pictures(): AsyncIterable<Picture<ImageInput>>;
}

/** The files of a data set, wherever they are. Paths are relative, with `/`. */
export interface DatasetFiles<ImageInput = unknown> {
  /** For messages. */
  readonly name: string;
  /** @throws ClipSegError `not-found` */
  text(path: string): Promise<string>;
  /** Names in a folder, sorted; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** A picture as `encodeImage` takes it. */
  image(path: string): ImageInput;
  /** @throws ClipSegError `not-found`, `invalid-image` */
  pixels(path: string): Promise<RawImage>;
}
