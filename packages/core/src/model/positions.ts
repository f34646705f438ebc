import { lru } from 'tiny-lru';
import type { Model } from './model.js';
import { interpolatePositionEmbedding } from './position-embedding.js';

const KEPT_GRIDS = 4;

/** Caches position embeddings by model resolution; images of one shape share them. */
export function createPositions(model: Model): (size: readonly [number, number]) => Float32Array {
  const { config, positionEmbedding } = model.manifest;
  const { patchSize } = config.visionConfig;
  const cache = lru<Float32Array>(KEPT_GRIDS);
  return ([h, w]) => {
    const grid = [h / patchSize, w / patchSize] as const;
    const key = grid.join('x');
    const known = cache.get(key);
    if (known) return known;
    const { dims } = positionEmbedding;
    const made = interpolatePositionEmbedding(model.positionEmbedding, dims, grid);
    cache.set(key, made);
    return made;
  };
}
