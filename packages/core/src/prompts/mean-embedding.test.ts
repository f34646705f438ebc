import { expect, it } from 'vitest';
import { meanEmbedding, weightedSum } from './mean-embedding.js';

it('embeddings are summed by weight, or averaged', () => {
  const [a, b] = [Float32Array.of(1, 2, 3), Float32Array.of(5, -2, 0)];
  expect([...weightedSum([a, b], [2, -1])]).toEqual([-3, 6, 6]);
  expect([...meanEmbedding([a, b])]).toEqual([3, 0, 1.5]);
  expect([...meanEmbedding([a])]).toEqual([1, 2, 3]);
  expect([...weightedSum([], [])]).toEqual([]);
  expect([...a]).toEqual([1, 2, 3]);
});
