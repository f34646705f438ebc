import type { Composition } from '../contracts/composition.js';
import type { Prompt } from '../contracts/prompt-strategy.js';
import { isRecord } from '../util/json.js';
import { isComposition } from './composition/builders.js';

/** How a prompt is called where its strategy is not asked. */
export function promptName(prompt: Prompt): string {
  if (typeof prompt === 'string') return prompt;
  const { label, text }: Record<string, unknown> = isRecord(prompt) ? prompt : {};
  for (const name of [label, text]) if (typeof name === 'string') return name;
  return isComposition(prompt) ? treeName(prompt.compose) : 'prompt';
}

/** What is nested deeper is refused once it is encoded. */
const MAX_DEPTH = 32;

function treeName(tree: Composition<Prompt>, depth = 0): string {
  if (!isRecord(tree) || depth > MAX_DEPTH) return 'prompt';
  if (tree.op === 'prompt') return promptName(tree.prompt);
  if (!Array.isArray(tree.terms)) return 'prompt';
  const terms = (tree.terms as Composition<Prompt>[]).map((one) => treeName(one, depth + 1));
  if (tree.op === 'not') return `NOT ${terms[0]}`;
  if (tree.op === 'mean') return `mean(${terms.join(', ')})`;
  return `(${terms.join({ and: ' AND ', or: ' OR ', sum: ' + ' }[tree.op])})`;
}
