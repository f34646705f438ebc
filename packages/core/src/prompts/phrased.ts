import type { Prompt, TemplatePrompt } from '../contracts/prompt-strategy.js';
import { checkOptions, reading } from '../util/check.js';
import { type CompositionPrompt, isComposition } from './composition/builders.js';
import { mapLeaves } from './composition/tree.js';

/**
 * A prompt whose texts are asked for in several phrasings, those of a composition each; other
 * prompts stay as they are.
 * @throws ClipSegError `invalid-argument`, `invalid-prompt`
 */
export function phrased(
  prompt: Prompt,
  way: Pick<TemplatePrompt, 'templates' | 'ensemble'>,
): Prompt {
  const own = checkOptions(way, 'phrased');
  if (typeof prompt === 'string') return { ...own, text: prompt };
  return reading('The prompt', () => {
    if (!isComposition(prompt)) return prompt;
    const compose = mapLeaves(prompt.compose, (leaf) => phrased(leaf, own));
    return { ...prompt, compose } satisfies CompositionPrompt;
  });
}
