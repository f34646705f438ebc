import { describe, isComposition } from './composition/builders.js';
import { leavesOf, mapLeaves } from './composition/tree.js';
import type { ClipSegConfig } from './config.js';
import type { CallOptions, EncodedEmbedding, EncodedPrompt } from './contracts/clip-seg.js';
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
  ): Promise<EncodedEmbedding[]> {
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
    const encoded = new Array<EncodedEmbedding>(prompts.length);
    for (const [strategy, indices] of byStrategy(strategies, prompts)) {
      throwIfAborted(signal);
      const own = indices.map((i) => prompts[i] as never);
      const embeddings = await strategy.encode(own, context);
      checkCount(strategy, embeddings, own.length);
      for (const [k, i] of indices.entries()) {
        const label = strategy.label(own[k] as never);
        const embedding = embeddings[k] as ConditionalEmbedding;
        encoded[i] = checkEmbedding({ label, embedding }, config);
      }
    }
    return encoded;
  }

  return async (
    prompts: readonly Prompt[],
    { signal }: CallOptions = {},
  ): Promise<EncodedPrompt[]> => {
    checkList(prompts);
    // The leaves of all compositions go with the other prompts, so that texts share their batches.
    const flat = prompts.flatMap((prompt) =>
      isComposition(prompt) ? leavesOf(prompt.compose) : [prompt],
    );
    const encoded = (await encode(flat, signal, 0)).values();
    const next = () => encoded.next().value as EncodedEmbedding;
    return prompts.map((prompt) => {
      if (!isComposition(prompt)) return next();
      const { compose, label = describe(compose) } = prompt;
      return { label, compose: mapLeaves(compose, next) };
    });
  };
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
function checkEmbedding(prompt: EncodedEmbedding, config: ClipSegConfig): EncodedEmbedding {
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

/**
 * The embeddings of an encoded prompt, checked: one, or all of a composition in order.
 * @throws ClipSegError `invalid-prompt`
 */
export function embeddingsOf(prompt: EncodedPrompt, config: ClipSegConfig): EncodedEmbedding[] {
  const all = isComposition(prompt) ? leavesOf(prompt.compose) : [prompt];
  return all.map((one) => checkEmbedding(one as EncodedEmbedding, config));
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
