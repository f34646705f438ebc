import { checkSize, type MaskSize } from '../raster/mask.js';
import { listed, reading } from '../util/check.js';
import { failure, nameOf, polygonOf, readJson, recordsOf, ringOf } from './read.js';
import { joinRings, pointsOf, type Shape, solidShapes } from './shapes.js';

/** A file of the annotation tool LabelMe. */
export interface LabelMeFile {
  readonly version: string;
  readonly flags: Readonly<Record<string, boolean>>;
  readonly shapes: readonly LabelMeShape[];
  readonly imagePath: string;
  readonly imageData: null;
  readonly imageHeight: number;
  readonly imageWidth: number;
}

export interface LabelMeShape {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Equal for the parts of one object. */
  readonly group_id: number | null;
  readonly description: string;
  readonly shape_type: 'polygon';
  readonly flags: Readonly<Record<string, boolean>>;
  readonly mask: null;
}

/** The version of LabelMe that the files are modeled on. */
const VERSION = '5.5.0';
const DIGITS = 3;

/**
 * Writes shapes for LabelMe. It has no holes: a line leads to each hole and back. The parts of one
 * shape share a `group_id`.
 * @param file name of the image, which is beside the file
 */
export function toLabelMe(shapes: readonly Shape[], size: MaskSize, file: string): LabelMeFile {
  checkSize(size);
  const own = solidShapes(shapes, DIGITS).flatMap(({ label, polygons }, i) =>
    polygons.map(
      ({ outer, holes }): LabelMeShape => ({
        label,
        points: pointsOf(joinRings([outer, ...holes]), DIGITS),
        group_id: polygons.length > 1 ? i : null,
        description: '',
        shape_type: 'polygon',
        flags: {},
        mask: null,
      }),
    ),
  );
  return {
    version: VERSION,
    flags: {},
    shapes: own,
    imagePath: file,
    imageData: null,
    imageHeight: size.height,
    imageWidth: size.width,
  };
}

/**
 * Reads the polygons of a LabelMe file; polygons of one group and label become one shape.
 * @param json text, or what JSON.parse made of it
 * @throws ClipSegError `invalid-argument`
 */
export function fromLabelMe(
  json: unknown,
): MaskSize & { readonly file: string; readonly shapes: Shape[] } {
  return reading('The LabelMe file', () => shapesOf(json));
}

const FORMAT = 'LabelMe file';

function shapesOf(json: unknown): ReturnType<typeof fromLabelMe> {
  const fail = failure(FORMAT);
  const { shapes, imagePath = '', imageHeight, imageWidth } = readJson(json, FORMAT);
  const size = { width: imageWidth, height: imageHeight } as MaskSize;
  const byGroup = new Map<string, { label: string; polygons: ReturnType<typeof polygonOf>[] }>();
  for (const [i, shape] of recordsOf(shapes, 'shapes', FORMAT).entries()) {
    const { label, points, group_id: group, shape_type: type = 'polygon' } = shape;
    if (type !== 'polygon') fail(`has a ${listed([type])} as shape ${i}; polygons are read`);
    const name = nameOf(label, `the label of shape ${i}`, FORMAT);
    const key = typeof group === 'number' ? `${group}/${name}` : `/${i}`;
    const known = byGroup.get(key) ?? { label: name, polygons: [] };
    known.polygons.push(polygonOf(ringOf(points, `shape ${i}`, FORMAT)));
    byGroup.set(key, known);
  }
  checkSize(size);
  return {
    ...size,
    file: nameOf(imagePath, 'imagePath', FORMAT),
    shapes: [...byGroup.values()],
  };
}
