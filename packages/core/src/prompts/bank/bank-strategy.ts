import type { EncodedPrompt } from '../../contracts/encoded.js';
import type { TextPrompt } from '../../contracts/prompt.js';
import type { CompositeStrategy } from '../../contracts/prompt-strategy.js';
import { checkList, checkOptions, reading } from '../../util/check.js';
import { isText, labelOfText, phraseOf } from '../strategies/text-strategy.js';
import type { PromptBank } from './prompt-bank.js';

/**
 * Accepts texts that are labels of a prompt bank, so that they need no text encoder. The text
 * strategy gets other texts.
 * @throws ClipSegError `invalid-argument`
 */
export function bankStrategy(promptBank: PromptBank): CompositeStrategy<string | TextPrompt> {
  const { prompts } = checkOptions(promptBank, 'bankStrategy');
  const encoded = checkList(prompts, 'The prompts of a bank') as EncodedPrompt[];
  const byLabel = reading(
    'The prompts of a bank',
    () => new Map(encoded.map((prompt) => [prompt.label, prompt])),
  );
  return {
    specificationVersion: 1,
    name: 'bank',
    accepts: (prompt) => isText(prompt) && byLabel.has(phraseOf(prompt)),
    label: labelOfText,
    compose: (prompt) => ({ op: 'prompt', prompt: byLabel.get(phraseOf(prompt))! }),
  };
}
