import type { Composition } from '../contracts/composition.js';
import type { Segment, Segmentation, SegmentationData } from '../contracts/segmentation.js';
import { logit, sigmoids } from '../maps/sigmoid.js';
import { upsampleBilinear } from '../maps/upsample.js';
import { mapLeaves } from '../prompts/composition/tree.js';
import { checkNumbers, checkOptions, checkRange, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { asLogits, combine, type ValueMap } from './combine.js';
import { above, maskOf } from './mask-of.js';
import { checkSegmentationData } from './segmentation-data.js';

/** @throws ClipSegError `invalid-argument` unless the threshold is a probability */
export const checkThreshold = (threshold: unknown): number => checkRange(threshold, 'threshold');

/** Returns the size of the crop, [height, width]; of the whole image without one. */
export function cropSize({
  crop: region,
  width,
  height,
}: Pick<SegmentationData, 'crop' | 'width' | 'height'>): readonly [number, number] {
  return region ? [region[3] - region[1], region[2] - region[0]] : [height, width];
}

/** Places a map of the crop in the whole image; pixels outside the crop get the lowest value. */
function placed(
  { values, kind }: ValueMap,
  { crop: region, width, height }: SegmentationData,
): ValueMap {
  if (!region) return { values, kind };
  const [x0, y0, x1, y1] = region;
  const whole = new Float32Array(width * height).fill(kind === 'logits' ? logit(0) : 0);
  for (let y = y0; y < y1; y++) {
    const row = values.subarray((y - y0) * (x1 - x0), (y - y0 + 1) * (x1 - x0));
    whole.set(row, y * width + x0);
  }
  return { values: whole, kind };
}

function placedMask(
  mask: Uint8Array,
  { crop: region, width, height }: SegmentationData,
): Uint8Array {
  if (!region) return mask;
  const [x0, y0, x1, y1] = region;
  const whole = new Uint8Array(width * height);
  for (let y = y0; y < y1; y++) {
    whole.set(mask.subarray((y - y0) * (x1 - x0), (y - y0 + 1) * (x1 - x0)), y * width + x0);
  }
  return whole;
}

/** Makes a segment, which computes its maps and masks on demand. */
function createSegment(
  label: string,
  tree: Composition<Float32Array>,
  data: SegmentationData,
): Segment {
  let small: Float32Array | undefined;
  let large: ValueMap | undefined;
  const { resolution: size } = data;
  const part = cropSize(data);
  const atModel = (): Float32Array => {
    const leaves = mapLeaves(tree, (map) => () => map.slice());
    small ??= asLogits(combine(leaves, size, size[0] / part[0]));
    return small;
  };
  const atSource = (): ValueMap => {
    const leaves = mapLeaves(tree, (map) => () => upsampleBilinear(map, size, part));
    large ??= placed(combine(leaves, part), data);
    return large;
  };
  return {
    label: label,
    get logits() {
      return atModel();
    },
    logitsAtSource: () => asLogits({ ...atSource(), values: atSource().values.slice() }),
    probabilities() {
      const { values, kind } = atSource();
      return kind === 'logits' ? sigmoids(values) : values.slice();
    },
    mask(options = {}) {
      const { threshold = 0.5 } = checkOptions(options, 'mask');
      // sigmoid is monotonic: comparing logits saves an exponential per pixel.
      const p = checkThreshold(threshold);
      const limit = Math.log(p / (1 - p));
      if (!large) return placedMask(maskOf(tree, size, part, limit), data);
      return above(large.values, large.kind === 'logits' ? limit : p);
    },
  };
}

/**
 * Makes a segmentation from its data, e.g. from a worker or a file.
 * @throws ClipSegError `invalid-argument` when the data do not fit together
 */
export function createSegmentation(data: SegmentationData): Segmentation {
  return reading('The data of a segmentation', () => segmentationOf(data));
}

function segmentationOf(data: SegmentationData): Segmentation {
  const { width, height, resolution: size, maps, timings } = checkSegmentationData(data);
  const segments = data.prompts.map(({ label, compose }) => {
    const tree = mapLeaves(compose, (index) => {
      const map = typeof index === 'number' ? maps[index] : undefined;
      if (map) return map;
      throw new ClipSegError(
        'invalid-argument',
        `${showValue(label)} reads map ${showValue(index)} of ${maps.length}.`,
      );
    });
    return createSegment(label, tree, data);
  });
  return { width, height, resolution: size, timings, segments, data };
}

/** Counts the pixels inside a mask. */
export function maskArea(mask: Uint8Array): number {
  checkNumbers(mask, 'mask');
  let area = 0;
  reading('mask', () => {
    for (let i = 0; i < mask.length; i++) area += mask[i]!;
  });
  return area;
}
