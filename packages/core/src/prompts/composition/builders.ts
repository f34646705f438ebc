import type { Composition, TermOptions } from '../../contracts/composition.js';
import type { CompositionPrompt } from '../../contracts/prompt.js';
import { checkOptions, reading } from '../../util/check.js';
import { isRecord } from '../../util/json.js';

// Functions that combine prompts of every type, including those of custom strategies. Types carry
// the prompts of the result, so that a ClipSeg accepts it only if it accepts them.

export const isComposition = (prompt: unknown): prompt is CompositionPrompt<unknown> =>
  isRecord(prompt) && 'compose' in prompt;

/** The leaves of a composition of `P`, in which compositions are merged. */
type LeafOf<P> = P extends string ? string : P extends CompositionPrompt<infer Leaf> ? Leaf : P;

type Composed<P> = CompositionPrompt<LeafOf<P>>;

// Prompts are checked when they are encoded.
const nodeOf = (prompt: unknown): Composition<unknown> =>
  reading('A prompt', () => (isComposition(prompt) ? prompt.compose : { op: 'prompt', prompt }));

const composed = <P>(compose: Composition<unknown>): Composed<P> => ({ compose }) as Composed<P>;

/** A prompt with a weight, with a threshold, or grown by source pixels. */
export const term = <const P>(prompt: P, options: TermOptions): Composed<P> =>
  composed({ ...nodeOf(prompt), ...checkOptions(options, 'term') });

/** Matches pixels that match every prompt. */
export const and = <const T extends readonly unknown[]>(...prompts: T): Composed<T[number]> =>
  composed({ op: 'and', terms: prompts.map(nodeOf) });

/** Matches pixels that match at least one of the prompts. */
export const or = <const T extends readonly unknown[]>(...prompts: T): Composed<T[number]> =>
  composed({ op: 'or', terms: prompts.map(nodeOf) });

/** Matches pixels that do not match the prompt. */
export const not = <const P>(prompt: P): Composed<P> =>
  composed({ op: 'not', terms: [nodeOf(prompt)] });

/** Matches pixels that match the first prompt and none of the others. */
export const minus = <const P, const T extends readonly unknown[]>(
  prompt: P,
  ...others: T
): Composed<P | T[number]> => and(prompt, ...others.map(not)) as Composed<P | T[number]>;

/** Averages the probability maps, by the weights of the terms. */
export const sum = <const T extends readonly unknown[]>(...prompts: T): Composed<T[number]> =>
  composed({ op: 'sum', terms: prompts.map(nodeOf) });

/** Averages the logits, by the weights of the terms, e.g. of several phrasings or supports. */
export const mean = <const T extends readonly unknown[]>(...prompts: T): Composed<T[number]> =>
  composed({ op: 'mean', terms: prompts.map(nodeOf) });
