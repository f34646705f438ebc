import type { Composition } from '../../contracts/composition.js';
import type { EncodedPrompt } from '../../contracts/encoded.js';
import type { CompositeStrategy, Prompt } from '../../contracts/prompt-strategy.js';
import { checkList, checkOptions, reading } from '../../util/check.js';
import type { PromptBank } from './prompt-bank.js';

/**
 * Texts that are labels of a prompt bank, so that these need no text encoder. Others are left to
 * the text strategy.
 * @throws ClipSegError `invalid-argument`
 */
export function bank(promptBank: PromptBank): CompositeStrategy<string> {
  const { prompts } = checkOptions(promptBank, 'bank');
  const known = checkList(prompts, 'The prompts of a bank') as EncodedPrompt[];
  const byLabel = reading(
    'The prompts of a bank',
    () => new Map(known.map((prompt) => [prompt.label, prompt])),
  );
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
