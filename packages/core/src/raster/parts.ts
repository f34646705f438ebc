import { checkNumber } from '../util/check.js';
import { labelRuns, partAreas } from './label-runs.js';
import { checkMask, type MaskSize } from './mask.js';
import { paintRuns, runsOf } from './runs.js';

/**
 * Fills holes: parts of the outside that do not reach the edge of the image.
 * @param mask uint8 [height, width], inside where not 0
 * @param maxArea area in pixels; larger holes stay
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export function fillHoles(
  mask: Uint8Array,
  size: MaskSize,
  maxArea = Number.MAX_SAFE_INTEGER,
): Uint8Array {
  checkMask(mask, size);
  checkNumber(maxArea, 'maxArea');
  // Pixels inside are connected at corners, so pixels outside are not.
  const labelled = labelRuns(runsOf(mask, size, false), 4);
  const { runs, labels, count } = labelled;
  const areas = partAreas(labelled);
  const open = new Uint8Array(count);
  for (let y = 0; y < size.height; y++) {
    const edge = y === 0 || y === size.height - 1;
    for (let run = runs.rows[y]!; run < runs.rows[y + 1]!; run++) {
      if (edge || runs.starts[run] === 0 || runs.ends[run] === size.width) {
        open[labels[run]!] = 1;
      }
    }
  }
  const result = new Uint8Array(mask.length).fill(1);
  paintRuns(result, runs, 0, (run) => {
    const label = labels[run]!;
    return open[label] === 1 || areas[label]! > maxArea;
  });
  return result;
}

/**
 * Removes connected parts of fewer pixels; corners connect.
 * @param mask uint8 [height, width], inside where not 0
 * @returns uint8 [height, width], a new one
 * @throws ClipSegError `invalid-argument`
 */
export function removeSmall(mask: Uint8Array, size: MaskSize, minArea: number): Uint8Array {
  checkMask(mask, size);
  checkNumber(minArea, 'minArea');
  const labelled = labelRuns(runsOf(mask, size), 8);
  const areas = partAreas(labelled);
  const result = new Uint8Array(mask.length);
  const large = (run: number) => areas[labelled.labels[run]!]! >= minArea;
  paintRuns(result, labelled.runs, 1, large);
  return result;
}

/**
 * Keeps the parts that are connected to a pixel of `sure`.
 * @param mask uint8 [height, width], 1 inside
 * @param sure of the same size
 */
export function connectedTo(mask: Uint8Array, sure: Uint8Array, size: MaskSize): Uint8Array {
  const { runs, labels, count } = labelRuns(runsOf(mask, size), 8);
  const kept = new Uint8Array(count);
  for (let y = 0; y < size.height; y++) {
    const row = y * size.width;
    for (let run = runs.rows[y]!; run < runs.rows[y + 1]!; run++) {
      const [start, end] = [runs.starts[run]!, runs.ends[run]!];
      if (sure.subarray(row + start, row + end).includes(1)) kept[labels[run]!] = 1;
    }
  }
  const result = new Uint8Array(mask.length);
  paintRuns(result, runs, 1, (run) => kept[labels[run]!] === 1);
  return result;
}
