import type { Composition } from './composition.js';
import type { ClipSegConfig } from './config.js';
import type { ConditionalEmbedding, EncodedEmbedding } from './encoded.js';
import type { Prompt, Support } from './prompt.js';

/** What a strategy may use of the engine while it encodes. */
export interface PromptContext<Custom = AnyPrompt> {
  readonly config: ClipSegConfig;
  readonly signal?: AbortSignal;
  /**
   * Encodes texts to CLIP text embeddings, one per text, batched and cached.
   * @throws ClipSegError `invalid-prompt` (empty, too many tokens), `invalid-model` (no tokenizer)
   */
  encodeText(texts: readonly string[]): Promise<ConditionalEmbedding[]>;
  /**
   * Encodes supports to CLIP image embeddings, through their masking and the vision head, which is
   * loaded at the first call.
   * @throws ClipSegError `invalid-image`, `invalid-prompt` (an empty region)
   */
  encodeImages(supports: readonly Support[]): Promise<ConditionalEmbedding[]>;
  /**
   * Encodes other prompts with whichever strategies take them, for prompts made of prompts.
   * @throws ClipSegError `invalid-prompt`, also for compositions, which have no embedding, and when
   *   nested more than 8 deep
   */
  encodePrompts(prompts: readonly Prompt<Custom>[]): Promise<EncodedEmbedding[]>;
}

/** What a strategy may use of the engine while it labels a prompt. */
export interface LabelContext<Custom = AnyPrompt> {
  /**
   * The label of another prompt, by whichever strategy takes it, for prompts made of prompts.
   * @throws ClipSegError `invalid-prompt`
   */
  labelOf(prompt: Prompt<Custom>): string;
}

interface StrategyBase<Custom> {
  /** The version of this contract that the strategy is written for. */
  readonly specificationVersion: 1;
  /** Unique among the strategies of a ClipSeg; used in messages. */
  readonly name: string;
  /** Whether this strategy takes the prompt. The first strategy that accepts a prompt gets it. */
  accepts(prompt: unknown): boolean;
  /** What the prompt's segment is called in results and messages. */
  label(prompt: Custom, context: LabelContext<Custom>): string;
}

/** Turns one type of prompt into conditional embeddings. */
export interface EmbeddingStrategy<Custom = AnyPrompt> extends StrategyBase<Custom> {
  /**
   * Returns one embedding per prompt, in order, each of `config.projectionDim` finite values.
   * @throws ClipSegError `invalid-prompt`, naming the prompt
   */
  encode(
    prompts: readonly Custom[],
    context: PromptContext<Custom>,
  ): Promise<ConditionalEmbedding[]>;
}

/** Turns one type of prompt into others, whose maps are combined. */
export interface CompositeStrategy<Custom = AnyPrompt> extends StrategyBase<Custom> {
  /**
   * Returns plain data, so that the results of `encodePrompts` can be kept and sent.
   * @throws ClipSegError `invalid-prompt`, naming the prompt
   */
  compose(prompt: Custom): Composition<Prompt<Custom>>;
}

/**
 * Makes `Custom` a type of prompt: `createClipSeg({ strategies: [strategy] })` returns a ClipSeg
 * that takes such prompts, alone and inside of others. A factory returns a plain object; state, if
 * any, lives in its closure. Test a custom strategy with `testPromptStrategy` of
 * `@clipseg/core/testing`.
 */
export type PromptStrategy<Custom = AnyPrompt> =
  | EmbeddingStrategy<Custom>
  | CompositeStrategy<Custom>;

/** The type of the prompts that a strategy takes. */
export type PromptOf<Strategy> = Strategy extends PromptStrategy<infer Custom> ? Custom : never;

// biome-ignore lint/suspicious/noExplicitAny: strategies of every prompt type go in one list
type AnyPrompt = any;
