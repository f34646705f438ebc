import type { ClipSegConfig } from './config.js';
import type { DeviceReport, SelfCheckResult } from './device.js';
import type { EncodedImage, EncodedPrompt } from './encoded.js';
import type { Dtype } from './graph.js';
import type { Box, RawImage, Resolution } from './image.js';
import type { Prompt } from './prompt.js';
import type { Segmentation } from './segmentation.js';

export interface CallOptions {
  /** Aborts between stages; a graph that runs is finished first. */
  signal?: AbortSignal;
}

export interface SelfCheckOptions extends CallOptions {
  /**
   * Whether the text encoder takes part; without it, the sample's recorded embedding is used, and
   * the graph need not be loaded. Default true.
   */
  textEncoder?: boolean;
}

export interface SegmentOptions<P = Prompt> extends EncodeImageOptions {
  /** Prompts whose matches are removed from every mask. */
  negative?: readonly P[];
}

export interface EncodeImageOptions extends CallOptions {
  /** Model resolution; the model's own (352 for the released checkpoints) by default. */
  resolution?: Resolution;
  /**
   * Looks at parts of the picture too, besides the whole of it, so that small things are seen.
   * `auto`: where the longer side is more than twice the model's; then a tile is a third of it
   * long. `size` is the longer side of a tile in source pixels (default: as the model sees it),
   * `overlap` what neighbours share, 0..0.75 of a side (default 0.25). Every tile takes the time of
   * an image.
   */
  tiles?: 'auto' | { readonly size?: number; readonly overlap?: number };
  /**
   * Only this part of the picture is looked at, in whole pixels; nothing else is inside of any
   * mask.
   */
  crop?: Box;
  /** Looks at everything mirrored too, and takes the mean. Twice the time. Default false. */
  flips?: boolean;
}

/** How long a text is for the text encoder. */
export interface TokenCount {
  readonly text: string;
  /** Start and end tokens included. */
  readonly tokens: number;
  /** More than this are refused, never cut off. */
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
 * The seam that swaps the place: the engine here, a worker proxy, a remote client.
 * `ImageInput` is what the adapter can decode, besides RawImage; `Custom` are the prompts of its
 * custom strategies, besides the built-in ones.
 */
export interface ClipSeg<ImageInput = RawImage, Custom = never> {
  readonly model: ModelInfo;
  /** Which device each graph runs on; read it again after a call. */
  readonly device: DeviceReport;
  /** Once per picture: about 98 % of the work of a first mask. */
  encodeImage(image: ImageInput | RawImage, options?: EncodeImageOptions): Promise<EncodedImage>;
  /** Text and other prompts to conditional embeddings; text is cached. */
  encodePrompts(
    prompts: readonly Prompt<Custom, ImageInput | RawImage>[],
    options?: CallOptions,
  ): Promise<EncodedPrompt[]>;
  /**
   * Counts without running anything; texts that are too long are counted too.
   * @throws ClipSegError `invalid-prompt` for what is no text, `invalid-model` (no tokenizer)
   */
  countTokens(texts: readonly string[], options?: CallOptions): Promise<TokenCount[]>;
  /** Encoded image x encoded prompts -> logits. */
  decode(
    image: EncodedImage,
    prompts: readonly EncodedPrompt[],
    options?: CallOptions,
  ): Promise<Segmentation>;
  /** encodeImage (unless already encoded), encodePrompts, decode. */
  segment(
    image: EncodedImage | ImageInput | RawImage,
    prompts:
      | Prompt<Custom, ImageInput | RawImage>
      | readonly Prompt<Custom, ImageInput | RawImage>[],
    options?: SegmentOptions<Prompt<Custom, ImageInput | RawImage>>,
  ): Promise<Segmentation>;
  /**
   * Runs the manifest's sample and compares with its expected logits.
   * @throws ClipSegError `self-check` when this device computes something else
   */
  selfCheck(options?: SelfCheckOptions): Promise<SelfCheckResult>;
  /** Frees the graphs. Safe to call twice. */
  dispose(): Promise<void>;
}
