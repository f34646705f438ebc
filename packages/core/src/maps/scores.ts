import type { ScoreMap } from '../contracts/post-processor.js';
import { checkSize, type MaskSize } from '../raster/mask.js';
import { checkNumbers, checkOneOf, checkRange, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { nearestSigmoid } from './sigmoid.js';

/**
 * Checks scores before a function reads them: a size beyond all images would fill the memory, row
 * by row.
 * @param size the required size, if any
 * @throws ClipSegError `invalid-argument`
 */
export function checkScores(scores: ScoreMap, size?: MaskSize): ScoreMap {
  checkSize(scores);
  return reading('The scores', () => {
    checkOneOf(scores.scale, 'The scale of scores', ['logit', 'probability']);
    const { width, height, row } = scores;
    let wrong = typeof row === 'function' ? '' : 'no function row';
    if (size && (size.width !== width || size.height !== height)) {
      wrong = `${width} x ${height} pixels, not ${size.width} x ${size.height}`;
    }
    if (wrong === '') return scores;
    throw new ClipSegError('invalid-argument', `The scores have ${wrong}.`);
  });
}

/** Reads and checks a row of scores that a caller provides. */
export const rowOf = (scores: ScoreMap, y: number): Float32Array =>
  reading('The scores', () => checkNumbers(scores.row(y), 'A row of scores'));

/**
 * Wraps scores that are in memory, e.g. of another model.
 * @param values float32 [height, width]; read, not copied
 * @throws ClipSegError `invalid-argument`
 */
export function scoreMap(values: Float32Array, size: MaskSize, scale: ScoreMap['scale']): ScoreMap {
  checkSize(size);
  const { width, height } = size;
  checkOneOf(scale, 'scale', ['logit', 'probability']);
  reading('The values', () => {
    if (values instanceof Float32Array && values.length === width * height) return;
    const message = `The scores have ${showValue(values?.length)} values, not ${width} x ${height}.`;
    throw new ClipSegError('invalid-argument', message);
  });
  return { width, height, scale, row: (y) => values.subarray(y * width, (y + 1) * width) };
}

const LEVELS = 65535;

/** Packs float32 rows into probabilities of two bytes each. */
export function quantizedScores(
  { width, height }: MaskSize,
  fill: (y: number, row: Float32Array) => void,
): ScoreMap {
  const levels = new Uint16Array(width * height);
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    fill(y, row);
    const start = y * width;
    for (let x = 0; x < width; x++) {
      const p = Math.max(0, Math.min(1, row[x]!));
      levels[start + x] = (p * LEVELS + 0.5) | 0;
    }
  }
  return {
    width,
    height,
    scale: 'probability',
    row(y) {
      const start = y * width;
      for (let x = 0; x < width; x++) row[x] = levels[start + x]! / LEVELS;
      return row;
    },
    above(limit) {
      const mask = new Uint8Array(levels.length);
      const least = limit * LEVELS;
      for (let i = 0; i < levels.length; i++) mask[i] = levels[i]! > least ? 1 : 0;
      return mask;
    },
  };
}

/**
 * Converts a threshold to the scale of the scores: comparing logits saves an exponential a pixel.
 */
export const limitOf = ({ scale }: ScoreMap, threshold: number): number =>
  scale === 'logit' ? Math.log(threshold / (1 - threshold)) : threshold;

/**
 * Marks pixels whose probability exceeds a threshold.
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-argument`
 */
export function aboveProbability(scores: ScoreMap, threshold: number): Uint8Array {
  checkScores(scores);
  checkRange(threshold, 'threshold');
  return reading('The scores', () => aboveLimit(scores, limitOf(scores, threshold)));
}

function aboveLimit(scores: ScoreMap, limit: number): Uint8Array {
  if (scores.above) return scores.above(limit);
  const { width, height } = scores;
  const mask = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = scores.row(y);
    for (let x = 0; x < width; x++, i++) mask[i] = row[x]! > limit ? 1 : 0;
  }
  return mask;
}

/** Returns the probability of a score to three digits, without an exponential; 0 for NaN. */
export function quickProbability(value: number, scale: ScoreMap['scale']): number {
  if (scale === 'logit') return nearestSigmoid(value);
  return value > 0 ? Math.min(1, value) : 0;
}
