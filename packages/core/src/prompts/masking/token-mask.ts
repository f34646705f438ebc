import type { ClipSegConfig } from '../../contracts/config.js';
import type { TokenMaskOptions } from '../../contracts/masking-strategy.js';
import type { SupportMask } from '../../graphs/support-mask.js';

import { ClipSegError } from '../../util/errors.js';
import { showValue } from '../../util/show-value.js';

/** The bias of a weight of 0: after the softmax nothing remains, also in half precision. */
const NOTHING = -30_000;

interface PatchRegion {
  /** float32 [height, width], 1 inside. */
  readonly mask: Float32Array;
  readonly size: readonly [height: number, width: number];
}

/** Samples the mask at the corner of each patch, as torch's F.interpolate does. */
function cornerWeights({ mask, size: [height, width] }: PatchRegion, patch: number): Float32Array {
  const columns = width / patch;
  return Float32Array.from({ length: (height / patch) * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return mask[row * patch * width + column * patch]!;
  });
}

/** Computes the share of each patch that is inside. */
function coverage({ mask, size: [height, width] }: PatchRegion, patch: number): Float32Array {
  const columns = width / patch;
  const weights = new Float32Array((height / patch) * columns);
  for (let i = 0; i < mask.length; i++) {
    const [y, x] = [Math.floor(i / width), i % width];
    const at = Math.floor(y / patch) * columns + Math.floor(x / patch);
    weights[at] = weights[at]! + mask[i]! / patch ** 2;
  }
  return weights;
}

function checkLayers(layers: readonly number[] | undefined, count: number): readonly number[] {
  if (layers === undefined) return Array.from({ length: count }, (_, i) => i);
  const valid = (i: number) => Number.isInteger(i) && i >= 0 && i < count;
  if (Array.isArray(layers) && layers.every(valid)) return layers;
  throw new ClipSegError(
    'invalid-argument',
    `layers is ${showValue(layers)}; the vision tower has the blocks 0 to ${count - 1}.`,
  );
}

/**
 * Computes the support mask of a region (paper 3.4, "CLIP masking").
 * @throws ClipSegError `invalid-argument`, `invalid-prompt` if no patch is inside
 */
export function supportMask(
  config: ClipSegConfig,
  region: PatchRegion,
  { form = 'additive', attention = 'cls_token', layers }: TokenMaskOptions = {},
): SupportMask {
  const { patchSize, numHiddenLayers } = config.visionConfig;
  const additive = form === 'additive';
  const weights = (additive ? coverage : cornerWeights)(region, patchSize);
  if (!weights.some((weight) => weight > 0)) {
    const message = `The region holds no patch of ${patchSize} pixels; enlarge it.`;
    throw new ClipSegError('invalid-prompt', message);
  }
  const logs = weights.map((weight) => Math.max(NOTHING, Math.log(weight)));
  const tokens = 1 + weights.length;
  const factor = new Float32Array(numHiddenLayers * tokens * tokens).fill(1);
  const bias = new Float32Array(factor.length);
  for (const layer of checkLayers(layers, numHiddenLayers)) {
    const [first, end] = attention === 'cls_token' ? [0, 1] : [1, tokens];
    for (let query = first; query < end; query++) {
      const row = (layer * tokens + query) * tokens + 1; // a token never loses sight of the class
      if (additive) bias.set(logs, row);
      else factor.set(weights, row);
    }
  }
  return { tokens, factor, bias };
}
