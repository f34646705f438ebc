import type { ClipSegConfig } from '../config.js';

/** The vector that says what to segment, float32 [projectionDim]; never L2-normalised (paper 3.2). */
export type ConditionalEmbedding = Float32Array;

/** What a strategy may use of the engine. */
export interface PromptContext {
  readonly config: ClipSegConfig;
  readonly signal?: AbortSignal;
  /** CLIP text embeddings, batched and cached. @throws ClipSegError `invalid-prompt` */
  encodeText(texts: readonly string[]): Promise<ConditionalEmbedding[]>;
}

/** Turns one type of prompt into conditional embeddings. A plain object; a factory returns it. */
export interface PromptStrategy<Prompt = unknown> {
  /** Unique among an instance's strategies; used in messages. */
  readonly name: string;
  /** Whether this strategy takes the prompt. The first strategy that accepts a prompt encodes it. */
  accepts(prompt: unknown): prompt is Prompt;
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
  readonly embedding: Float32Array | readonly number[];
  readonly label?: string;
}

/** Types the built-in strategies accept. A custom strategy's own types pass as `CustomPrompt`. */
export type Prompt = string | EmbeddingPrompt | CustomPrompt;
export type CustomPrompt = object;
