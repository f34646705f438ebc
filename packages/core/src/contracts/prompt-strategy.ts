import type { Composition } from './composition.js';
import type { ClipSegConfig } from './config.js';
import type { ConditionalEmbedding, EncodedEmbedding } from './encoded.js';
import type { Resolution } from './image.js';
import type { MaskingStrategy } from './masking-strategy.js';
import type { PluginJson } from './plugin.js';
import type { Region } from './region.js';

/** What a strategy may use of the engine. */
export interface PromptContext {
  readonly config: ClipSegConfig;
  readonly signal?: AbortSignal;
  /**
   * CLIP text embeddings, one per text, batched and cached.
   * @throws ClipSegError `invalid-prompt` (empty, too many tokens), `invalid-model` (no tokenizer)
   */
  encodeText(texts: readonly string[]): Promise<ConditionalEmbedding[]>;
  /**
   * CLIP image embeddings of support pictures, through their masking and the vision head, which is
   * loaded at the first of them.
   * @throws ClipSegError `invalid-image`, `invalid-prompt` (an empty region)
   */
  encodeImages(supports: readonly Support[]): Promise<ConditionalEmbedding[]>;
  /**
   * Other prompts, by whichever strategies take them: for prompts made of prompts.
   * @throws ClipSegError `invalid-prompt`, also for compositions, which have no embedding, and when
   *   nested more than 8 deep
   */
  encodePrompts(prompts: readonly Prompt[]): Promise<EncodedEmbedding[]>;
}

/** A picture that shows what to look for. */
export interface Support {
  /** What `encodeImage` takes. */
  readonly image: unknown;
  /** Which part of it is meant; the whole by default. */
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

/** One-shot: what the picture shows; several supports are averaged (k-shot). */
export type ImagePrompt = (Support | { readonly supports: readonly Support[] }) & {
  /** `image` by default. */
  readonly label?: string;
};

/** Prompts mixed linearly in embedding space (paper 3.3). */
export interface MixPrompt {
  readonly mix: readonly Prompt[];
  /** One per prompt; equal shares by default. */
  readonly weights?: readonly number[];
  /** The labels joined by ` + ` by default. */
  readonly label?: string;
}

/** A text in several phrasings. */
export interface TemplatePrompt {
  readonly text: string;
  /** A set by name (`plain`, `fixed`, `shuffle`, `shuffle+`), or phrasings with `{}` in them. */
  readonly templates: string | readonly string[];
  /**
   * What is made of them: the mean of their embeddings (default, one run of the decoder), or of
   * their logits, or the greatest of these (one run a phrasing).
   */
  readonly ensemble?: 'embedding' | 'logits' | 'maximum';
  /** The text by default. */
  readonly label?: string;
}

interface StrategyBase<Own> {
  /** Unique among an instance's strategies; used in messages. */
  readonly name: string;
  /** Whether this strategy takes the prompt. The first strategy that accepts a prompt has it. */
  accepts(prompt: unknown): boolean;
  /** How the prompt is called in results and messages. */
  label(prompt: Own): string;
}

/** Turns one type of prompt into conditional embeddings. */
export interface EmbeddingStrategy<Own = never> extends StrategyBase<Own> {
  /**
   * One embedding per prompt, in order, each of `config.projectionDim` finite values.
   * @throws ClipSegError `invalid-prompt`, naming the prompt
   */
  encode(prompts: readonly Own[], context: PromptContext): Promise<ConditionalEmbedding[]>;
}

/** Turns one type of prompt into others, whose maps are combined. */
export interface CompositeStrategy<Own = never> extends StrategyBase<Own> {
  /**
   * Plain data, so that what comes out of `encodePrompts` can be kept and sent.
   * @throws ClipSegError `invalid-prompt`, naming the prompt
   */
  compose(prompt: Own): Composition<Prompt>;
}

/**
 * A type of prompt. A factory returns a plain object; state, if any, lives in its closure.
 * `testPromptStrategy` of `@clipseg/core/testing` checks an own one.
 */
export type PromptStrategy<Own = never> = EmbeddingStrategy<Own> | CompositeStrategy<Own>;

/** A prompt that already is an embedding, e.g. from a prompt bank. */
export interface EmbeddingPrompt {
  /** float32 [projectionDim]. */
  readonly embedding: Float32Array | readonly number[];
  /** `embedding` by default. */
  readonly label?: string;
}

/** A text, one of the built-in objects, or whatever object an own strategy accepts. */
export type Prompt = string | EmbeddingPrompt | ImagePrompt | MixPrompt | TemplatePrompt | object;
