import type { ClipSegConfig } from './config.js';
import type { CallOptions, EncodedPrompt } from './contracts/clip-seg.js';
import type {
  ConditionalEmbedding,
  Prompt,
  PromptContext,
  PromptStrategy,
  Support,
} from './contracts/prompt-strategy.js';
import { ClipSegError, throwIfAborted } from './errors.js';
import type { TextEmbeddings } from './text-embeddings.js';

export interface PromptEncoderOptions {
  readonly config: ClipSegConfig;
  /** Asked in this order. */
  readonly strategies: readonly PromptStrategy[];
  readonly texts: TextEmbeddings;
  readonly encodeImages: (
    supports: readonly Support[],
    options: CallOptions,
  ) => Promise<ConditionalEmbedding[]>;
}

/** How deep prompts may be made of prompts. */
const MAX_DEPTH = 8;

/** Hands every prompt to the first strategy that takes it; results keep the prompts' order. */
export function createPromptEncoder(options: PromptEncoderOptions) {
  const { config, strategies, texts, encodeImages } = options;

  async function encode(
    prompts: readonly Prompt[],
    signal: AbortSignal | undefined,
    depth: number,
  ): Promise<EncodedPrompt[]> {
    throwIfAborted(signal);
    checkList(prompts);
    if (depth > MAX_DEPTH) {
      const what = `Prompts are made of prompts more than ${MAX_DEPTH} deep`;
      throw new ClipSegError('invalid-prompt', `${what}; write them flatter.`);
    }
    const context: PromptContext = {
      config,
      signal,
      encodeText: (list) => texts.encode(list, signal),
      encodeImages: (supports) => encodeImages(supports, { signal }),
      encodePrompts: (inner) => encode(inner, signal, depth + 1),
    };
    const encoded = new Array<EncodedPrompt>(prompts.length);
    for (const [strategy, indices] of byStrategy(strategies, prompts)) {
      throwIfAborted(signal);
      const own = indices.map((i) => prompts[i] as never);
      const embeddings = await strategy.encode(own, context);
      checkCount(strategy, embeddings, own.length);
      for (const [k, i] of indices.entries()) {
        const label = strategy.label(own[k] as never);
        const embedding = embeddings[k] as ConditionalEmbedding;
        encoded[i] = checkEncodedPrompt({ label, embedding }, config);
      }
    }
    return encoded;
  }

  return (prompts: readonly Prompt[], { signal }: CallOptions = {}): Promise<EncodedPrompt[]> =>
    encode(prompts, signal, 0);
}

/** @throws ClipSegError `invalid-prompt` unless it is a list of at least one */
export function checkList(prompts: readonly unknown[]): void {
  if (!Array.isArray(prompts)) {
    throw new ClipSegError('invalid-prompt', `The prompts are ${typeof prompts}, not a list.`);
  }
  if (prompts.length === 0) {
    throw new ClipSegError('invalid-prompt', 'No prompt was given; give at least one.');
  }
}

/**
 * An embedding of another model, or one with NaN, would give a plausible-looking wrong mask.
 * @throws ClipSegError `invalid-prompt`
 */
export function checkEncodedPrompt(prompt: EncodedPrompt, config: ClipSegConfig): EncodedPrompt {
  const { label, embedding } = prompt ?? {};
  const fail = (what: string): never => {
    const named = typeof label === 'string' ? JSON.stringify(label) : 'a prompt without label';
    throw new ClipSegError('invalid-prompt', `The embedding of ${named} ${what}.`);
  };
  if (!(embedding instanceof Float32Array)) return fail('is no Float32Array');
  if (typeof label !== 'string') return fail('needs a label that is a string');
  if (embedding.length !== config.projectionDim) {
    fail(`has ${embedding.length} values; this model takes ${config.projectionDim}`);
  }
  if (!embedding.every(Number.isFinite)) fail('holds NaN or Infinity');
  return prompt;
}

function checkCount({ name }: PromptStrategy, embeddings: unknown, count: number): void {
  if (Array.isArray(embeddings) && embeddings.length === count) return;
  const got = Array.isArray(embeddings) ? `${embeddings.length} embeddings` : typeof embeddings;
  throw new ClipSegError(
    'invalid-prompt',
    `The strategy ${JSON.stringify(name)} returned ${got} for ${count} prompts; one each is needed.`,
  );
}

function byStrategy(
  strategies: readonly PromptStrategy[],
  prompts: readonly Prompt[],
): Map<PromptStrategy, number[]> {
  const groups = new Map<PromptStrategy, number[]>();
  for (const [i, prompt] of prompts.entries()) {
    const strategy = strategies.find((candidate) => candidate.accepts(prompt));
    if (!strategy) {
      const names = strategies.map(({ name }) => name).join(', ');
      const type = prompt === null ? 'null' : typeof prompt;
      throw new ClipSegError(
        'invalid-prompt',
        `Prompt ${i + 1} (${type}) is of no type that the strategies take: ${names}.`,
      );
    }
    const group = groups.get(strategy);
    if (group) group.push(i);
    else groups.set(strategy, [i]);
  }
  return groups;
}
