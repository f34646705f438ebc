import type { Composition } from './composition.js';
import type { Resolution } from './image.js';
import type { MaskingStrategy } from './masking-strategy.js';
import type { PluginJson } from './plugin.js';
import type { Region } from './region.js';

/** A text with a label. A text without one is a plain string. */
export interface TextPrompt {
  readonly text: string;
  /** Default: the text. */
  readonly label?: string;
}

/** A text in several phrasings. */
export interface TemplatePrompt extends TextPrompt {
  /**
   * The name of a set (`plain`, `fixed`, `shuffle`, `shuffle+`), or phrasings with `{}` in them.
   */
  readonly templates: string | readonly string[];
  /**
   * What the phrasings are combined into: the mean of their embeddings (default, one run of the
   * decoder), the mean of their logits, or the greatest of these (one run per phrasing).
   */
  readonly ensemble?: 'embedding' | 'logits' | 'maximum';
}

/** An image that shows what to look for. */
export interface Support<Image = AnyImage> {
  /** What the adapter's `encodeImage` takes. */
  readonly image: Image;
  /** The part of the image that shows the object; the whole image by default. */
  readonly region?: Region;
  /**
   * What the vision encoder sees of it: strategies in order, the JSON of built-in ones, or a name:
   * `paper` (default if there is a region) or a mode of the original such as `blur3_highlight01`.
   * Default without a region: the whole image.
   */
  readonly masking?:
    | string
    | MaskingStrategy
    | PluginJson
    | readonly (MaskingStrategy | PluginJson)[];
  /** Resolution of the support; the model's own by default. */
  readonly resolution?: Resolution;
}

/** One-shot: what the image shows. Several supports are averaged (k-shot). */
export type ImagePrompt<Image = AnyImage> = (
  | Support<Image>
  | { readonly supports: readonly Support<Image>[] }
) & {
  /** Default: `image`. */
  readonly label?: string;
};

/** Prompts mixed linearly in embedding space (paper 3.3). */
export interface MixPrompt<P = Prompt> {
  readonly mix: readonly P[];
  /** One per prompt; equal shares by default. */
  readonly weights?: readonly number[];
  /** Default: the labels of the prompts, joined by ` + `. */
  readonly label?: string;
}

/** A prompt that already is an embedding, e.g. from a prompt bank. */
export interface EmbeddingPrompt {
  /** float32 [projectionDim]. */
  readonly embedding: Float32Array | readonly number[];
  /** Default: `embedding`. */
  readonly label?: string;
}

/** Prompts combined by their maps: the result of `and`, `or`, `not`, ... or of `parsePrompt`. */
export interface CompositionPrompt<P = Prompt> {
  readonly compose: Composition<P>;
  /** Default: the composition as text, e.g. `(cat AND NOT dog)`. */
  readonly label?: string;
}

/** The prompts that every ClipSeg takes. Those that are made of prompts also take `Custom` ones. */
export type BuiltInPrompt<Custom = never, Image = AnyImage> =
  | string
  | TextPrompt
  | TemplatePrompt
  | ImagePrompt<Image>
  | EmbeddingPrompt
  | MixPrompt<Prompt<Custom, Image>>
  | CompositionPrompt<Prompt<Custom, Image>>;

/**
 * What to look for: a text, one of the built-in objects, or a prompt of a custom strategy.
 * `Image` is what the adapter can decode; the default leaves it open.
 */
export type Prompt<Custom = never, Image = AnyImage> = BuiltInPrompt<Custom, Image> | Custom;

// biome-ignore lint/suspicious/noExplicitAny: `unknown` would not fit a ClipSeg with typed images
type AnyImage = any;
