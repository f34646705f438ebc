import type { Composition } from '../contracts/composition.js';
import type { Box } from '../contracts/image.js';
import type { ScoreMap } from '../contracts/post-processor.js';
import type { Segmentation } from '../contracts/segmentation.js';
import { scoreMap } from '../maps/scores.js';
import { logit } from '../maps/sigmoid.js';
import { upsampledScores } from '../maps/upsampled-scores.js';
import { mapLeaves } from '../prompts/composition/tree.js';
import { checkSize, type MaskSize } from '../raster/mask.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { asLogits, combine } from './combine.js';
import { cropSize } from './segmentation.js';

/** Whether a term depends on other rows, so that a row cannot be computed alone. */
const grows = (tree: Composition<unknown>): boolean =>
  (tree.grow ?? 0) !== 0 || ('terms' in tree && tree.terms.some(grows));

/** Places scores of a crop in the whole image; pixels outside the crop are outside the mask. */
function placed(scores: ScoreMap, [x0, y0, , y1]: Box, { width, height }: MaskSize): ScoreMap {
  const row = new Float32Array(width);
  const outside = scores.scale === 'logit' ? logit(0) : 0;
  return {
    width,
    height,
    scale: scores.scale,
    row(y) {
      row.fill(outside);
      if (y >= y0 && y < y1) row.set(scores.row(y - y0), x0);
      return row;
    },
  };
}

/**
 * Returns the scores of a segment at source size, computed row by row if possible.
 * @param index index of the segment
 * @throws ClipSegError `invalid-argument` if there is no such segment
 */
export function scoresOf(segmentation: Segmentation, index: number): ScoreMap {
  return reading('The segmentation', () => segmentScores(segmentation, index));
}

function segmentScores(segmentation: Segmentation, index: number): ScoreMap {
  const { resolution: size, data, segments } = segmentation;
  checkSize(segmentation);
  checkSize(data);
  const tree = typeof index === 'number' ? data.prompts[index]?.compose : undefined;
  if (!tree) {
    const message = `There is no segment ${showValue(index)}, only ${segments.length}.`;
    throw new ClipSegError('invalid-argument', message);
  }
  if (grows(tree)) {
    return scoreMap(segments[index]?.logitsAtSource() as Float32Array, segmentation, 'logit');
  }
  const [height, width] = cropSize(data);
  const part = { width, height };
  const stretched = (map: number) => upsampledScores(data.maps[map]!, size, part);
  const scores = isLeaf(tree) ? stretched(tree.prompt) : combined(mapLeaves(tree, stretched), part);
  return data.crop ? placed(scores, data.crop, segmentation) : scores;
}

const isLeaf = (tree: Composition<number>): tree is { op: 'prompt'; prompt: number } =>
  tree.op === 'prompt' && tree.threshold === undefined;

/** Computes a composition row by row. */
function combined(tree: Composition<ScoreMap>, { width, height }: MaskSize): ScoreMap {
  const row = (y: number) => {
    const leaves = mapLeaves(tree, (leaf) => () => leaf.row(y).slice());
    return asLogits(combine(leaves, [1, width]));
  };
  return { width, height, scale: 'logit', row };
}
