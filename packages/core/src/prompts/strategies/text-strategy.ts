import type { EmbeddingStrategy } from '../../contracts/prompt-strategy.js';

/** The phrase as it is (template set "plain"). */
export function text(): EmbeddingStrategy<string> {
  return {
    name: 'text',
    accepts: (prompt) => typeof prompt === 'string',
    label: (prompt) => prompt,
    encode: (prompts, { encodeText }) => encodeText(prompts),
  };
}
