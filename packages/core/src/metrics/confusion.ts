import { checkNumber, checkNumbers, checkOptions } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';

/** Numbers of pixels. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** The value of pixels in a truth that do not count, as in Pascal VOC's borders. */
export const IGNORED = 255;

/**
 * Compares a mask with the truth, both uint8 with 1 inside; the truth may contain `IGNORED`.
 * @throws ClipSegError `invalid-argument` when their lengths differ
 */
export function confusion(mask: ArrayLike<number>, truth: ArrayLike<number>): Confusion {
  checkNumbers(mask, 'mask');
  checkNumbers(truth, 'truth');
  if (mask.length !== truth.length) {
    const message = `The mask has ${mask.length} pixels, the truth ${truth.length}.`;
    throw new ClipSegError('invalid-argument', message);
  }
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (truth[i] === IGNORED) continue;
    if (mask[i]) truth[i] ? tp++ : fp++;
    else truth[i] ? fn++ : tn++;
  }
  return { tp, fp, fn, tn };
}

export function addConfusions(all: readonly Confusion[]): Confusion {
  const sum = (key: keyof Confusion) => all.reduce((total, one) => total + one[key], 0);
  return { tp: sum('tp'), fp: sum('fp'), fn: sum('fn'), tn: sum('tn') };
}

/** Returns 1 for 0 / 0: nothing to find and nothing found is correct. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

export interface MaskScores {
  /** Intersection over union of the foreground. */
  readonly iou: number;
  /** Mean of the foreground's and the background's IoU. */
  readonly binaryIou: number;
  readonly dice: number;
  readonly precision: number;
  readonly recall: number;
}

/**
 * Computes scores from the counts of one mask, or from sums over many masks. Unlike the original,
 * it adds no 1 to the denominators.
 * @throws ClipSegError `invalid-argument`
 */
export function maskScores(counts: Confusion): MaskScores {
  const { tp, fp, fn, tn } = checkOptions(counts, 'maskScores');
  for (const count of [tp, fp, fn, tn]) checkNumber(count, 'A count of pixels');
  const iou = ratio(tp, tp + fp + fn);
  return {
    iou,
    binaryIou: (iou + ratio(tn, tn + fp + fn)) / 2,
    dice: ratio(2 * tp, 2 * tp + fp + fn),
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
  };
}
