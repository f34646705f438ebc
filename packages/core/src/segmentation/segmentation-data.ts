import type { SegmentationData } from '../contracts/segmentation.js';
import { checkSize } from '../raster/mask.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', `The data of a segmentation ${what}.`);
};

function checkCrop(crop: unknown, width: number, height: number): void {
  const whole = Array.isArray(crop) && crop.length === 4 && crop.every(Number.isInteger);
  const [x0, y0, x1, y1] = whole ? (crop as [number, number, number, number]) : [0, 0, 0, 0];
  const inside = 0 <= x0 && x0 < x1 && x1 <= width && 0 <= y0 && y0 < y1 && y1 <= height;
  if (!inside) fail(`has the crop ${showValue(crop)}, not one of ${width} x ${height} pixels`);
}

/**
 * Checks that data from outside fit together. Compositions are checked when they are read.
 * @throws ClipSegError `invalid-argument`
 */
export function checkSegmentationData(data: SegmentationData): SegmentationData {
  if (!isRecord(data)) return fail(`is ${showValue(data)}, not an object`);
  const { width, height, resolution, crop, maps, prompts } = data;
  checkSize({ width, height });
  if (!Array.isArray(resolution) || resolution.length !== 2) {
    return fail(`has the resolution ${showValue(resolution)}, not [height, width]`);
  }
  const [h, w] = resolution as [number, number];
  checkSize({ width: w, height: h });
  if (crop !== undefined) checkCrop(crop, width, height);
  if (!Array.isArray(maps)) return fail('has no list of maps');
  for (const map of Array.from<unknown>(maps)) {
    if (!(map instanceof Float32Array)) fail(`has ${showValue(map)} as a map, not a Float32Array`);
    else if (map.length !== h * w) {
      fail(`has a map of ${map.length} values, not of ${h} x ${w} logits`);
    }
  }
  if (!Array.isArray(prompts)) return fail('has no list of prompts');
  for (const prompt of Array.from<unknown>(prompts)) {
    if (!isRecord(prompt)) fail(`has ${showValue(prompt)} as a prompt, not an object`);
    else if (typeof prompt.label !== 'string') fail(`has the label ${showValue(prompt.label)}`);
  }
  return data;
}
