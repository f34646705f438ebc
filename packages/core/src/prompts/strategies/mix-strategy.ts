import type { MixPrompt } from '../../contracts/prompt.js';
import type { EmbeddingStrategy } from '../../contracts/prompt-strategy.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { weightedSum } from '../mean-embedding.js';

function weightsOf({ mix, weights }: MixPrompt): readonly number[] {
  if (weights === undefined) return mix.map(() => 1 / mix.length);
  const valid = Array.isArray(weights) && weights.every(Number.isFinite);
  if (valid && weights.length === mix.length) return weights;
  throw new ClipSegError(
    'invalid-prompt',
    `A mix of ${mix.length} prompts needs as many weights, each a finite number.`,
  );
}

/** Takes prompts of any kind and mixes them linearly in embedding space (paper 3.3, eq. 1). */
export function mixStrategy(): EmbeddingStrategy<MixPrompt> {
  return {
    specificationVersion: 1,
    name: 'mix',
    accepts: (prompt) => isRecord(prompt) && Array.isArray(prompt.mix) && prompt.mix.length > 0,
    label: ({ label, mix }, { labelOf }) => label ?? mix.map(labelOf).join(' + '),
    async encode(prompts, { encodePrompts }) {
      const weights = prompts.map(weightsOf);
      const inner = prompts.flatMap((prompt) => prompt.mix);
      const encoded = inner.length > 0 ? await encodePrompts(inner) : [];
      let at = 0;
      return weights.map((own) => {
        at += own.length;
        const parts = encoded.slice(at - own.length, at).map(({ embedding }) => embedding);
        return weightedSum(parts, own);
      });
    },
  };
}
