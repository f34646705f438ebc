import type { Composition } from '../contracts/composition.js';
import type { CompositeStrategy, Prompt } from '../contracts/prompt-strategy.js';
import type { PromptBank } from './prompt-bank.js';

/**
 * Texts that are labels of a prompt bank, so that these need no text encoder. Others are left to the
 * text strategy.
 */
export function bank({ prompts }: PromptBank): CompositeStrategy<string> {
  const byLabel = new Map(prompts.map((prompt) => [prompt.label, prompt]));
  return {
    name: 'bank',
    accepts: (prompt) => typeof prompt === 'string' && byLabel.has(prompt),
    label: (prompt) => prompt,
    compose(prompt): Composition<Prompt> {
      const known = byLabel.get(prompt) as Prompt;
      return { op: 'prompt', prompt: known };
    },
  };
}
