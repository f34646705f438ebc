import type { Composition } from '../contracts/composition.js';
import { checkThreshold, type Segment, sigmoid } from '../segmentation.js';
import { combine } from './combine.js';
import { mapLeaves } from './tree.js';

const logit = (p: number): number => Math.log(p / (1 - p));
const logits = (map: Float32Array): Float32Array =>
  map.map((p) => Math.min(50, Math.max(-50, logit(p)))); // 0 and 1 have none

/** A segment whose map is combined from others'. Nothing is computed before it is asked for. */
export function createComposedSegment(
  label: string,
  tree: Composition<Segment>,
  size: readonly [number, number],
  source: readonly [number, number],
): Segment {
  let small: Float32Array | undefined;
  let large: Float32Array | undefined;
  const atSource = (): Float32Array => {
    large ??= combine(
      mapLeaves(tree, (segment) => () => segment.probabilities()),
      source,
    );
    return large;
  };
  return {
    prompt: label,
    get logits() {
      const maps = mapLeaves(tree, (segment) => () => segment.logits.map(sigmoid));
      small ??= logits(combine(maps, size, size[0] / source[0]));
      return small;
    },
    logitsAtSource: () => logits(atSource()),
    probabilities: () => atSource().slice(),
    mask({ threshold = 0.5 } = {}) {
      const limit = checkThreshold(threshold);
      return Uint8Array.from(atSource(), (p) => (p > limit ? 1 : 0));
    },
  };
}
