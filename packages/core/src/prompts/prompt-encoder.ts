import type { CallOptions } from '../contracts/clip-seg.js';
import type { Composition } from '../contracts/composition.js';
import type { ClipSegConfig } from '../contracts/config.js';
import type {
  ConditionalEmbedding,
  EncodedEmbedding,
  EncodedPrompt,
} from '../contracts/encoded.js';
import type { Support } from '../contracts/prompt.js';
import type {
  EmbeddingStrategy,
  LabelContext,
  PromptContext,
  PromptStrategy,
} from '../contracts/prompt-strategy.js';
import { listed, reading } from '../util/check.js';
import { ClipSegError, throwIfAborted } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';
import { isComposition } from './composition/builders.js';
import { inPlaceOf, leavesOf, MAX_TERMS, mapLeaves, replaceLeaves } from './composition/tree.js';
import type { TextEmbeddings } from './text-embeddings.js';

export interface PromptEncoderOptions {
  readonly config: ClipSegConfig;
  /** The strategies, in order of priority. */
  readonly strategies: readonly PromptStrategy[];
  readonly texts: TextEmbeddings;
  readonly encodeImages: (
    supports: readonly Support[],
    options: CallOptions,
  ) => Promise<ConditionalEmbedding[]>;
}

/** Largest nesting depth of prompts. */
const MAX_DEPTH = 8;

interface Leaf {
  readonly strategy: EmbeddingStrategy;
  readonly prompt: unknown;
}

/**
 * Passes every prompt to the first strategy that accepts it; results keep the order of the prompts.
 * Labels come from the strategies, here and nowhere else.
 */
export function createPromptEncoder(options: PromptEncoderOptions) {
  const { config, strategies, texts, encodeImages } = options;

  /** Adds the embeddings that a prompt needs to `leaves`, and returns how to combine their maps. */
  function plan(prompt: unknown, leaves: Leaf[], depth: number): Composition<Leaf> {
    if (depth > MAX_DEPTH) throw tooDeep();
    const strategy = strategyOf(strategies, prompt);
    if ('compose' in strategy) {
      return replaceLeaves(strategy.compose(prompt), (term) =>
        inPlaceOf(term, plan(term.prompt, leaves, depth + 1)),
      );
    }
    const leaf = { strategy, prompt };
    if (leaves.push(leaf) > MAX_TERMS) {
      throw new ClipSegError(
        'invalid-prompt',
        `A prompt is made of more than ${MAX_TERMS} others.`,
      );
    }
    return { op: 'prompt', prompt: leaf };
  }

  function labelOf(prompt: unknown, depth = 0): string {
    if (depth > MAX_DEPTH) throw tooDeep();
    const strategy = strategyOf(strategies, prompt);
    const context: LabelContext = { labelOf: (inner) => labelOf(inner, depth + 1) };
    const label: unknown = reading('The prompt', () => strategy.label(prompt, context));
    if (typeof label === 'string') return label;
    throw new ClipSegError(
      'invalid-prompt',
      `The strategy ${showValue(strategy.name)} returned the label ${showValue(label)} for a prompt; ` +
        'a text is needed.',
    );
  }

  async function encodeLeaves(
    leaves: readonly Leaf[],
    signal: AbortSignal | undefined,
    depth: number,
  ): Promise<Map<Leaf, EncodedEmbedding>> {
    const context: PromptContext = {
      config,
      signal,
      encodeText: (list) => texts.encode(list, signal),
      encodeImages: (supports) => encodeImages(supports, { signal }),
      encodePrompts: async (inner) => (await encode(inner, signal, depth + 1)).map(asEmbedding),
    };
    const encoded = new Map<Leaf, EncodedEmbedding>();
    // In the order of the strategies: a text that is too long fails before an image is encoded.
    for (const strategy of strategies) {
      const own = leaves.filter((leaf) => leaf.strategy === strategy);
      if (own.length === 0 || 'compose' in strategy) continue;
      throwIfAborted(signal);
      const prompts = own.map(({ prompt }) => prompt);
      const embeddings = await strategy.encode(prompts, context);
      checkCount(strategy, embeddings, own.length);
      for (const [i, leaf] of own.entries()) {
        const label = labelOf(leaf.prompt);
        const embedding = embeddings[i]!;
        encoded.set(leaf, checkEmbedding({ label, embedding }, config));
      }
    }
    return encoded;
  }

  async function encode(
    prompts: readonly unknown[],
    signal: AbortSignal | undefined,
    depth: number,
  ): Promise<EncodedPrompt[]> {
    throwIfAborted(signal);
    checkList(prompts);
    if (depth > MAX_DEPTH) throw tooDeep();
    const all: Leaf[] = [];
    const plans = prompts.map((prompt) => {
      const leaves: Leaf[] = [];
      const tree = plan(prompt, leaves, depth);
      all.push(...leaves);
      return { prompt, tree };
    });
    // The leaves of all prompts are encoded together, so that texts share batches.
    const encoded = await encodeLeaves(all, signal, depth);
    const embeddingOf = (leaf: Leaf) => encoded.get(leaf)!;
    return plans.map(({ prompt, tree }) => {
      const label = labelOf(prompt); // after encoding, which has checked what it is made of
      return tree.op === 'prompt'
        ? { label, embedding: embeddingOf(tree.prompt).embedding }
        : { label, compose: mapLeaves(tree, embeddingOf) };
    });
  }

  return (prompts: readonly unknown[], { signal }: CallOptions = {}): Promise<EncodedPrompt[]> =>
    encode(prompts, signal, 0);
}

const tooDeep = (): ClipSegError =>
  new ClipSegError(
    'invalid-prompt',
    `Prompts are made of prompts more than ${MAX_DEPTH} deep; write them flatter.`,
  );

function asEmbedding(prompt: EncodedPrompt): EncodedEmbedding {
  if (!isComposition(prompt)) return prompt as EncodedEmbedding;
  const { label } = prompt;
  throw new ClipSegError(
    'invalid-prompt',
    `${showValue(label)} is composed of several maps: it has no embedding that could be mixed.`,
  );
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
 * Refuses an embedding of another model or with NaN, which would give a plausible but wrong mask.
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
 * Checks and returns the embeddings of an encoded prompt: one, or those of a composition in order.
 * @throws ClipSegError `invalid-prompt`
 */
export function embeddingsOf(prompt: EncodedPrompt, config: ClipSegConfig): EncodedEmbedding[] {
  const all = isComposition(prompt) ? leavesOf(prompt.compose) : [prompt];
  return all.map((one) => checkEmbedding(one as EncodedEmbedding, config));
}

function checkCount({ name }: EmbeddingStrategy, embeddings: unknown, count: number): void {
  if (Array.isArray(embeddings) && embeddings.length === count) return;
  const got = Array.isArray(embeddings) ? `${embeddings.length} embeddings` : typeof embeddings;
  throw new ClipSegError(
    'invalid-prompt',
    `The strategy ${showValue(name)} returned ${got} for ${count} prompts; one each is needed.`,
  );
}

function strategyOf(strategies: readonly PromptStrategy[], prompt: unknown): PromptStrategy {
  const strategy = reading('The prompt', () =>
    strategies.find((candidate) => candidate.accepts(prompt)),
  );
  if (strategy) return strategy;
  const names = strategies.map(({ name }) => name).join(', ');
  const shown = isRecord(prompt) ? `{ ${listed(Object.keys(prompt))} }` : showValue(prompt);
  const message = `The prompt ${shown} is of no type that the strategies take: ${names}.`;
  throw new ClipSegError('invalid-prompt', message);
}
