import type { RawImage } from '../contracts/image.js';
import type { Segmentation } from '../contracts/segmentation.js';
import type { Postprocessed } from '../postprocess/postprocess.js';
import type { Color } from './picture.js';

/** Everything that a format writer can make a file from. */
export interface FormatInput {
  /** File name of the image, for formats that mention it. */
  readonly file: string;
  /** The source image. */
  readonly image: RawImage;
  readonly segmentation: Segmentation;
  /** What a pipeline made of the segmentation: as many segments, in the same order. */
  readonly processed: Postprocessed;
  /** Colors of the segments, in order. Default: `palette`. */
  readonly colors?: readonly Color[];
}

interface FormatWriterBase {
  /** Unique among the writers that are used together, e.g. `mask`. */
  readonly name: string;
  /** How the names of the files end, after a dot: `mask.png`. */
  readonly extension: string;
}

/** Writes a file for each segment. */
export interface SegmentWriter extends FormatWriterBase {
  readonly per: 'segment';
  /**
   * @param index of the segment
   * @returns the content of the file; text is written as UTF-8
   * @throws ClipSegError `invalid-argument`
   */
  write(input: FormatInput, index: number): string | Uint8Array;
}

/** Writes one file for the image, with all segments. */
export interface ImageWriter extends FormatWriterBase {
  readonly per: 'image';
  /**
   * @returns the content of the file; text is written as UTF-8
   * @throws ClipSegError `invalid-argument`
   */
  write(input: FormatInput): string | Uint8Array;
}

/**
 * A file format for results. `formatWriters` has the built-in ones; test a custom writer with
 * `testFormatWriter` of `@clipseg/core/testing`.
 */
export type FormatWriter = SegmentWriter | ImageWriter;
