import type { ImagePrompt, Support } from '../../contracts/prompt.js';
import type { EmbeddingStrategy } from '../../contracts/prompt-strategy.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { meanEmbedding } from '../mean-embedding.js';

function supportsOf(prompt: ImagePrompt): readonly Support[] {
  if (!('supports' in prompt)) return [prompt];
  const { supports } = prompt;
  if (
    Array.isArray(supports) &&
    supports.length > 0 &&
    supports.every((s) => isRecord(s) && 'image' in s)
  ) {
    return supports;
  }
  throw new ClipSegError(
    'invalid-prompt',
    'supports is no list of { image, region? }, at least one.',
  );
}

/** Takes supports (paper 3.4); several are averaged (k-shot). */
export function imageStrategy(): EmbeddingStrategy<ImagePrompt> {
  return {
    specificationVersion: 1,
    name: 'image',
    accepts: (prompt) => isRecord(prompt) && ('image' in prompt || 'supports' in prompt),
    label: ({ label = 'image' }) => label,
    async encode(prompts, { encodeImages }) {
      const groups = prompts.map(supportsOf);
      const embeddings = await encodeImages(groups.flat());
      let at = 0;
      return groups.map(({ length }) => {
        at += length;
        return meanEmbedding(embeddings.slice(at - length, at));
      });
    },
  };
}
