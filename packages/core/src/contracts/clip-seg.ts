import type { ClipSegConfig } from '../model/config.js';
import type { SelfCheckResult } from '../model/self-check.js';
import type { Segmentation } from '../segmentation/segmentation.js';
import type { Composition } from './composition.js';
import type { RawImage, Resolution } from './image.js';
import type { Dtype } from './model.js';
import type { ConditionalEmbedding, Prompt } from './prompt-strategy.js';

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

export interface SegmentOptions extends EncodeImageOptions {
  /** Prompts whose places are taken out of every mask. */
  negative?: readonly Prompt[];
}

/** A part of a picture in source pixels, the ends not included. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

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
  readonly backend: string;
  readonly config: ClipSegConfig;
  /** Default model resolution [height, width]. */
  readonly resolution: readonly [height: number, width: number];
}

/**
 * The seam that swaps the place: the engine here, a worker proxy, a remote client.
 * `ImageInput` is what the adapter can decode, besides RawImage.
 */
export interface ClipSeg<ImageInput = RawImage> {
  readonly model: ModelInfo;
  /** Once per picture: about 98 % of the work of a first mask. */
  encodeImage(image: ImageInput | RawImage, options?: EncodeImageOptions): Promise<EncodedImage>;
  /** Text and other prompts to conditional embeddings; text is cached. */
  encodePrompts(prompts: readonly Prompt[], options?: CallOptions): Promise<EncodedPrompt[]>;
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
    prompts: Prompt | readonly Prompt[],
    options?: SegmentOptions,
  ): Promise<Segmentation>;
  /**
   * Runs the manifest's sample and compares with its expected logits.
   * @throws ClipSegError `self-check` when this device computes something else
   */
  selfCheck(options?: SelfCheckOptions): Promise<SelfCheckResult>;
  /** Frees the graphs. Safe to call twice. */
  dispose(): Promise<void>;
}
