import { type CompositionPrompt, isComposition } from './composition/builders.js';
import { mapLeaves } from './composition/tree.js';
import type { Prompt, TemplatePrompt } from './contracts/prompt-strategy.js';

/**
 * A prompt whose texts are asked for in several phrasings, those of a composition each; other prompts
 * stay as they are.
 */
export function phrased(
  prompt: Prompt,
  way: Pick<TemplatePrompt, 'templates' | 'ensemble'>,
): Prompt {
  if (typeof prompt === 'string') return { ...way, text: prompt };
  if (!isComposition(prompt)) return prompt;
  const compose = mapLeaves(prompt.compose, (leaf) => phrased(leaf, way));
  return { ...prompt, compose } satisfies CompositionPrompt;
}
