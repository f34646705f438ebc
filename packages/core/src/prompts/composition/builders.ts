import type { Composition, TermOptions } from '../../contracts/composition.js';
import type { Prompt } from '../../contracts/prompt-strategy.js';
import { checkOptions, reading } from '../../util/check.js';
import { isRecord } from '../../util/json.js';

/** Prompts combined by their probability maps: made by the functions here or `parsePrompt`. */
export interface CompositionPrompt {
  readonly compose: Composition<Prompt>;
  readonly label?: string;
}

export const isComposition = (prompt: unknown): prompt is CompositionPrompt =>
  isRecord(prompt) && 'compose' in prompt;

// What a prompt is, is looked at where it is encoded.
const nodeOf = (prompt: Prompt): Composition<Prompt> =>
  reading('A prompt', () => (isComposition(prompt) ? prompt.compose : { op: 'prompt', prompt }));

/** A term with a weight, a threshold of its own, or grown by source pixels. */
export const term = (prompt: Prompt, options: TermOptions): CompositionPrompt => ({
  compose: { ...nodeOf(prompt), ...checkOptions(options, 'term') },
});

/** Where all of them are. */
export const and = (...prompts: readonly Prompt[]): CompositionPrompt => ({
  compose: { op: 'and', terms: prompts.map(nodeOf) },
});

/** Where one of them is. */
export const or = (...prompts: readonly Prompt[]): CompositionPrompt => ({
  compose: { op: 'or', terms: prompts.map(nodeOf) },
});

/** Where it is not. */
export const not = (prompt: Prompt): CompositionPrompt => ({
  compose: { op: 'not', terms: [nodeOf(prompt)] },
});

/** Where the first is and none of the others. */
export const minus = (prompt: Prompt, ...others: readonly Prompt[]): CompositionPrompt =>
  and(prompt, ...others.map(not));

/** The mean of the maps by the terms' weights. */
export const sum = (...prompts: readonly Prompt[]): CompositionPrompt => ({
  compose: { op: 'sum', terms: prompts.map(nodeOf) },
});

/** The mean of the logits by the terms' weights, e.g. of several phrasings or supports. */
export const mean = (...prompts: readonly Prompt[]): CompositionPrompt => ({
  compose: { op: 'mean', terms: prompts.map(nodeOf) },
});
