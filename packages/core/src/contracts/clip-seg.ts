import type { ClipSegConfig } from './config.js';
import type { DeviceReport, SelfCheckResult } from './device.js';
import type { EncodedImage, EncodedPrompt } from './encoded.js';
import type { Dtype } from './graph.js';
import type { Box, RawImage, Resolution } from './image.js';
import type { Prompt } from './prompt.js';
import type { Segmentation } from './segmentation.js';

export interface CallOptions {
  /** Aborts between stages; a running graph is finished first. */
  signal?: AbortSignal;
}

export interface SelfCheckOptions extends CallOptions {
  /**
   * Whether to check the text encoder; otherwise the check uses the sample's recorded embedding,
   * and does not load that graph. Default true.
   */
  textEncoder?: boolean;
}

export interface SegmentOptions<P = Prompt> extends EncodeImageOptions {
  /** Prompts whose matches are removed from every mask. */
  negative?: readonly P[];
}

export interface EncodeImageOptions extends CallOptions {
  /** Model resolution. Default: the model's, which is 352 for the released checkpoints. */
  resolution?: Resolution;
  /**
   * Also encodes tiles of the image, so that small objects are found. `auto` adds tiles if the
   * longer side is more than twice the model's; a tile is then a third of it. `size` is the longer
   * side of a tile in source pixels (default: the model resolution), `overlap` the share of a side
   * that neighbors have in common, 0..0.75 (default 0.25). Each tile takes the time of an image.
   */
  tiles?: 'auto' | { readonly size?: number; readonly overlap?: number };
  /**
   * The part of the image to encode, in whole pixels. Pixels outside it are outside every mask.
   */
  crop?: Box;
  /**
   * Also encodes the mirror image and averages the results. Takes twice the time. Default false.
   */
  flips?: boolean;
}

/** The length of a text in tokens. */
export interface TokenCount {
  readonly text: string;
  /** Number of tokens, including start and end tokens. */
  readonly tokens: number;
  /** Largest number of tokens. Longer texts are refused, never truncated. */
  readonly limit: number;
}

export interface ModelInfo {
  /** Identity of the weights, e.g. `mini@<hash>/fp32`. */
  readonly id: string;
  readonly name: string;
  readonly dtype: Dtype;
  readonly config: ClipSegConfig;
  /** Default model resolution [height, width]. */
  readonly resolution: readonly [height: number, width: number];
}

/**
 * Segments images; it may run here (the engine), in a worker, or on a server.
 * `ImageInput` is what the adapter can decode, besides RawImage; `Custom` are the prompts of its
 * custom strategies, besides the built-in ones.
 */
export interface ClipSeg<ImageInput = RawImage, Custom = never> {
  readonly model: ModelInfo;
  /** Which device each graph runs on; read it again after a call. */
  readonly device: DeviceReport;
  /** Encodes an image, once for all its prompts: about 98 % of the work of a first mask. */
  encodeImage(image: ImageInput | RawImage, options?: EncodeImageOptions): Promise<EncodedImage>;
  /** Encodes texts and other prompts to conditional embeddings; those of texts are cached. */
  encodePrompts(
    prompts: readonly Prompt<Custom, ImageInput | RawImage>[],
    options?: CallOptions,
  ): Promise<EncodedPrompt[]>;
  /**
   * Counts the tokens of texts without running a graph; a text may exceed the limit.
   * @throws ClipSegError `invalid-prompt` for a value that is not a text, `invalid-model` (no
   *   tokenizer)
   */
  countTokens(texts: readonly string[], options?: CallOptions): Promise<TokenCount[]>;
  /** Decodes an encoded image and encoded prompts to a segmentation. */
  decode(
    image: EncodedImage,
    prompts: readonly EncodedPrompt[],
    options?: CallOptions,
  ): Promise<Segmentation>;
  /** Runs encodeImage (unless the image is encoded), encodePrompts and decode. */
  segment(
    image: EncodedImage | ImageInput | RawImage,
    prompts:
      | Prompt<Custom, ImageInput | RawImage>
      | readonly Prompt<Custom, ImageInput | RawImage>[],
    options?: SegmentOptions<Prompt<Custom, ImageInput | RawImage>>,
  ): Promise<Segmentation>;
  /**
   * Runs the manifest's sample and compares the logits with the expected ones.
   * @throws ClipSegError `self-check` if this device computes other logits
   */
  selfCheck(options?: SelfCheckOptions): Promise<SelfCheckResult>;
  /** Frees the graphs. Safe to call twice. */
  dispose(): Promise<void>;
}
