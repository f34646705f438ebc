import { isComposition } from './composition/builders.js';
import type { Composition } from './contracts/composition.js';
import type { Prompt } from './contracts/prompt-strategy.js';
import { isRecord } from './json.js';

/** How a prompt is called where its strategy is not asked. */
export function promptName(prompt: Prompt): string {
  if (typeof prompt === 'string') return prompt;
  const { label, text }: Record<string, unknown> = isRecord(prompt) ? prompt : {};
  for (const name of [label, text]) if (typeof name === 'string') return name;
  return isComposition(prompt) ? treeName(prompt.compose) : 'prompt';
}

function treeName(tree: Composition<Prompt>): string {
  if (tree.op === 'prompt') return promptName(tree.prompt);
  if (tree.op === 'not') return `NOT ${treeName(tree.terms[0])}`;
  const terms = tree.terms.map(treeName);
  if (tree.op === 'mean') return `mean(${terms.join(', ')})`;
  return `(${terms.join({ and: ' AND ', or: ' OR ', sum: ' + ' }[tree.op])})`;
}
