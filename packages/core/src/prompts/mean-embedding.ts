import type { ConditionalEmbedding } from '../contracts/encoded.js';

/** sum of weights[i] * embeddings[i]. */
export function weightedSum(
  embeddings: readonly ConditionalEmbedding[],
  weights: readonly number[],
): ConditionalEmbedding {
  const result = new Float32Array(embeddings[0]?.length ?? 0);
  for (const [k, embedding] of embeddings.entries()) {
    const weight = weights[k]!;
    for (let i = 0; i < result.length; i++) {
      result[i] = result[i]! + weight * embedding[i]!;
    }
  }
  return result;
}

export const meanEmbedding = (embeddings: readonly ConditionalEmbedding[]): ConditionalEmbedding =>
  weightedSum(
    embeddings,
    embeddings.map(() => 1 / embeddings.length),
  );
