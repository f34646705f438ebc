import { LRUCache } from 'lru-cache';
import type { Model } from './model.js';
import { interpolatePositionEmbedding } from './position-embedding.js';

const KEPT_GRIDS = 4;

/** Position embeddings by grid of patches; pictures of one shape share theirs. */
export function createPositions(model: Model): (grid: readonly [number, number]) => Float32Array {
  const { dims } = model.manifest.positionEmbedding;
  const cache = new LRUCache<string, Float32Array>({ max: KEPT_GRIDS });
  return (grid) => {
    const key = grid.join('x');
    const known = cache.get(key);
    if (known) return known;
    const made = interpolatePositionEmbedding(model.positionEmbedding, dims, grid);
    cache.set(key, made);
    return made;
  };
}
