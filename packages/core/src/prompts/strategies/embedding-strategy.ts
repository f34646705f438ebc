import type { EmbeddingPrompt } from '../../contracts/prompt.js';
import type { EmbeddingStrategy } from '../../contracts/prompt-strategy.js';
import { ClipSegError } from '../../util/errors.js';

/** Takes a conditional embedding and uses it unchanged. */
export function embeddingStrategy(): EmbeddingStrategy<EmbeddingPrompt> {
  return {
    specificationVersion: 1,
    name: 'embedding',
    accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'embedding' in prompt,
    label: ({ label = 'embedding' }) => label,
    async encode(prompts) {
      return prompts.map(({ embedding: values }) => {
        if (values instanceof Float32Array) return values;
        if (Array.isArray(values)) return Float32Array.from(values);
        throw new ClipSegError(
          'invalid-prompt',
          'An embedding prompt holds no Float32Array and no list of numbers.',
        );
      });
    },
  };
}
