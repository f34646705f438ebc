import { ClipSegError } from '../errors.js';
import { checkSize, type MaskSize } from '../masks/mask.js';
import { failure, polygonOf, ringOf } from './read.js';
import { joinRings, ringsOf, type Shape } from './shapes.js';

/** Of the picture's sides: a fifth of a thousandth of a pixel in one of 4000. */
const DIGITS = 7;

/**
 * Shapes as lines of a YOLO segmentation label file: the class, then x and y in turns as parts of the
 * picture's sides. A shape is one line; its holes and further parts are reached by lines to them and
 * back.
 * @param names the classes, in order, which `data.yaml` lists
 * @throws ClipSegError `invalid-argument` for a label that is no class
 */
export function encodeYolo(
  shapes: readonly Shape[],
  size: MaskSize,
  names: readonly string[],
): string {
  checkSize(size);
  const lines = shapes.map(({ label, polygons }) => {
    const index = names.indexOf(label);
    if (index < 0) {
      const message = `${JSON.stringify(label)} is none of the classes ${names.join(', ')}.`;
      throw new ClipSegError('invalid-argument', message);
    }
    const shares = Array.from(joinRings(ringsOf(polygons)), (value, i) =>
      (value / (i % 2 === 0 ? size.width : size.height)).toFixed(DIGITS),
    );
    return [index, ...shares].join(' ');
  });
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * The shapes of a YOLO segmentation label file.
 * @param size of its picture
 * @throws ClipSegError `invalid-argument` naming the line
 */
export function decodeYolo(text: string, size: MaskSize, names: readonly string[]): Shape[] {
  checkSize(size);
  const fail = failure('YOLO label file');
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const [index, ...values] = line.trim().split(/\s+/).map(Number) as [number, ...number[]];
    const label = names[index] ?? fail(`has the class ${index} in line ${i + 1}`);
    if (values.length % 2 === 1) fail(`has an x without a y in line ${i + 1}`);
    const points = Array.from({ length: values.length / 2 }, (_, k) => [
      (values[2 * k] as number) * size.width,
      (values[2 * k + 1] as number) * size.height,
    ]);
    return { label, polygons: [polygonOf(ringOf(points, `line ${i + 1}`, 'YOLO label file'))] };
  });
}
