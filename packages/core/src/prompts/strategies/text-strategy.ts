import type { TextPrompt } from '../../contracts/prompt.js';
import type { EmbeddingStrategy } from '../../contracts/prompt-strategy.js';
import { isRecord } from '../../util/json.js';

export const isText = (prompt: unknown): prompt is string | TextPrompt =>
  typeof prompt === 'string' || (isRecord(prompt) && 'text' in prompt && !('templates' in prompt));

export const phraseOf = (prompt: string | TextPrompt): string =>
  typeof prompt === 'string' ? prompt : prompt.text;

export const labelOfText = (prompt: string | TextPrompt): string =>
  typeof prompt === 'string' ? prompt : (prompt.label ?? prompt.text);

/** Takes a phrase unchanged (template set "plain"). */
export function textStrategy(): EmbeddingStrategy<string | TextPrompt> {
  return {
    specificationVersion: 1,
    name: 'text',
    accepts: isText,
    label: labelOfText,
    encode: (prompts, { encodeText }) => encodeText(prompts.map(phraseOf)),
  };
}
