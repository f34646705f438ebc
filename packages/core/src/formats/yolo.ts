import { checkSize, type MaskSize } from '../raster/mask.js';
import { checkList, listed } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { failure, polygonOf, ringOf } from './read.js';
import { joinRings, ringsOf, type Shape, solidShapes } from './shapes.js';

function checkNames(names: unknown): asserts names is readonly string[] {
  if (checkList(names, 'names').every((name) => typeof name === 'string')) return;
  const message = `The names of the classes are ${showValue(names)}, not a list of texts.`;
  throw new ClipSegError('invalid-argument', message);
}

/** Digits of a pixel at which shapes are checked for an area. */
const SOLID = 3;
/** Digits of a share of a side: 0.0002 pixels in an image of 4000 pixels. */
const DIGITS = 7;

/**
 * Writes shapes as a YOLO segmentation label file. Each line is a shape: the class, then
 * alternating x and y as shares of the image's sides. Lines lead to its holes and further parts and
 * back.
 * @param names the classes, in the order of `data.yaml`
 * @throws ClipSegError `invalid-argument` for a label that is not a class
 */
export function toYolo(shapes: readonly Shape[], size: MaskSize, names: readonly string[]): string {
  checkSize(size);
  checkNames(names);
  const checkLabel = (label: string): void => {
    if (names.includes(label)) return;
    const message = `${showValue(label)} is none of the classes ${listed(names)}.`;
    throw new ClipSegError('invalid-argument', message);
  };
  const lines = solidShapes(shapes, SOLID, checkLabel).map(({ label, polygons }) => {
    const shares = Array.from(joinRings(ringsOf(polygons)), (value, i) =>
      (value / (i % 2 === 0 ? size.width : size.height)).toFixed(DIGITS),
    );
    return [names.indexOf(label), ...shares].join(' ');
  });
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Reads shapes from a YOLO segmentation label file.
 * @param size size of the image
 * @throws ClipSegError `invalid-argument` naming the line
 */
export function fromYolo(text: string, size: MaskSize, names: readonly string[]): Shape[] {
  checkSize(size);
  const fail = failure('YOLO label file');
  checkNames(names);
  if (typeof text !== 'string') return fail(`is ${showValue(text)}, not text`);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const [index, ...values] = line.trim().split(/\s+/).map(Number) as [number, ...number[]];
    const label = names[index] ?? fail(`has the class ${showValue(index)} in line ${i + 1}`);
    if (values.length % 2 === 1) fail(`has an x without a y in line ${i + 1}`);
    const points = Array.from({ length: values.length / 2 }, (_, k) => [
      values[2 * k]! * size.width,
      values[2 * k + 1]! * size.height,
    ]);
    return { label, polygons: [polygonOf(ringOf(points, `line ${i + 1}`, 'YOLO label file'))] };
  });
}
