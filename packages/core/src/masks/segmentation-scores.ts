import { combine } from '../composition/combine.js';
import { mapLeaves } from '../composition/tree.js';
import type { Composition } from '../contracts/composition.js';
import type { ScoreMap } from '../contracts/post-processor.js';
import type { Segmentation } from '../segmentation.js';
import { scoreMap } from './scores.js';
import { upsampledScores } from './upsampled-scores.js';

/** Whether a term looks at its surroundings, so that a row cannot be had alone. */
const grows = (tree: Composition<unknown>): boolean =>
  (tree.grow ?? 0) !== 0 || ('terms' in tree && tree.terms.some(grows));

/** The scores of a segment at source size, row by row where that is possible. */
export function scoresOf(segmentation: Segmentation, index: number): ScoreMap {
  const { width, height, size, data, segments } = segmentation;
  const tree = data.prompts[index]?.compose as Composition<number>;
  const stretched = (map: number) => upsampledScores(data.maps[map] as Float32Array, size, data);
  if (tree.op === 'prompt' && tree.threshold === undefined && !grows(tree)) {
    return stretched(tree.prompt);
  }
  if (grows(tree)) {
    return scoreMap(segments[index]?.logitsAtSource() as Float32Array, segmentation, 'logit');
  }
  const leaves = mapLeaves(tree, stretched);
  return {
    ...{ width, height, scale: 'logit' },
    row: (y) =>
      combine(
        mapLeaves(leaves, (leaf) => () => leaf.row(y).slice()),
        [1, width],
      ),
  };
}
