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

/** Of pixels, to which shapes are looked at whether anything is left of them. */
const SOLID = 3;
/** Of the picture's sides: a fifth of a thousandth of a pixel in one of 4000. */
const DIGITS = 7;

/**
 * Shapes as lines of a YOLO segmentation label file: the class, then x and y in turns as parts of
 * the picture's sides. A shape is one line; its holes and further parts are reached by lines to
 * them and back.
 * @param names the classes, in order, which `data.yaml` lists
 * @throws ClipSegError `invalid-argument` for a label that is no class
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
 * The shapes of a YOLO segmentation label file.
 * @param size of its picture
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
