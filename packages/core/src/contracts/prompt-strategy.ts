import type { ClipSegConfig } from '../config.js';

/** The vector that says what to segment, float32 [projectionDim]; never L2-normalised (paper 3.2). */
export type ConditionalEmbedding = Float32Array;

/** What a strategy may use of the engine. */
export interface PromptContext {
  readonly config: ClipSegConfig;
  readonly signal?: AbortSignal;
  /**
   * CLIP text embeddings, one per text, batched and cached.
   * @throws ClipSegError `invalid-prompt` (empty, too many tokens), `invalid-model` (no tokenizer)
   */
  encodeText(texts: readonly string[]): Promise<ConditionalEmbedding[]>;
}

/**
 * Turns one type of prompt into conditional embeddings. A factory returns a plain object; state, if
 * any, lives in its closure. `testPromptStrategy` of `@clipseg/core/testing` checks an own one.
 */
export interface PromptStrategy<Prompt = never> {
  /** Unique among an instance's strategies; used in messages. */
  readonly name: string;
  /** Whether this strategy takes the prompt. The first strategy that accepts a prompt encodes it. */
  accepts(prompt: unknown): boolean;
  /** How the prompt is called in results and messages. */
  label(prompt: Prompt): string;
  /**
   * One embedding per prompt, in order, each of `config.projectionDim` finite values.
   * @throws ClipSegError `invalid-prompt`, naming the prompt
   */
  encode(prompts: readonly Prompt[], context: PromptContext): Promise<ConditionalEmbedding[]>;
}

/** A prompt that already is an embedding, e.g. from a prompt bank. */
export interface EmbeddingPrompt {
  /** float32 [projectionDim]. */
  readonly embedding: Float32Array | readonly number[];
  /** `embedding` by default. */
  readonly label?: string;
}

/** A text, an embedding, or whatever object an own strategy accepts. */
export type Prompt = string | EmbeddingPrompt | object;
