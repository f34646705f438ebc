import { instanceMask } from '../postprocess/instances.js';
import { cocoMask } from '../raster/coco/coco-mask.js';
import { cocoPolygonMask } from '../raster/coco/coco-polygon.js';
import {
  type CocoRle,
  type CompressedRle,
  cocoArea,
  cocoBox,
  encodeCocoRle,
} from '../raster/coco/coco-rle.js';
import type { MaskSize } from '../raster/mask.js';
import type { SimplifyOptions } from '../raster/simplify.js';
import { checkOneOf, checkOptions, reading } from '../util/check.js';
import { showValue } from '../util/show-value.js';
import { maskOf } from './mask-of.js';
import { failure, nameOf, readJson, recordsOf } from './read.js';
import { joinRings, type LabeledMask, rounded, shapesOf } from './shapes.js';

export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  /** Run lengths, or outlines [x0, y0, x1, y1, ...]. */
  readonly segmentation: CompressedRle | readonly (readonly number[])[];
  /** Area in pixels. */
  readonly area: number;
  readonly bbox: readonly [x: number, y: number, width: number, height: number];
  readonly iscrowd: 0 | 1;
  /** Score of an instance. */
  readonly score?: number;
}

/** Annotations in COCO's format, for pycocotools. */
export interface CocoDataset {
  readonly images: readonly (MaskSize & { readonly id: number; readonly file_name: string })[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
}

/** The file name of an image, and its masks. */
export interface CocoPicture extends MaskSize {
  readonly file: string;
  readonly segments: readonly LabeledMask[];
}

export interface CocoOptions extends SimplifyOptions {
  /**
   * `rle` (default): exact. `polygons`: outlines, for editors; a line leads to each hole and back.
   */
  readonly segmentation?: 'rle' | 'polygons';
}

/** Digits after the decimal point of a pixel. */
const DIGITS = 3;

/** Lists the masks of the annotations. */
function partsOf(
  segment: LabeledMask,
): { mask: Uint8Array; single: LabeledMask; score?: number }[] {
  if (!segment.instances) return [{ mask: maskOf(segment, segment), single: segment }];
  return segment.instances.map((instance) => ({
    mask: instanceMask(instance, segment),
    single: { ...segment, instances: [instance] },
    score: instance.score,
  }));
}

type Written = Pick<CocoAnnotation, 'segmentation' | 'area' | 'bbox'>;

const ofRuns = (rle: CompressedRle): Written => ({
  segmentation: rle,
  area: cocoArea(rle),
  bbox: cocoBox(rle),
});

/** Computes area and box from the written segmentation, as pycocotools reads it. */
function ofOutlines(segment: LabeledMask, simplification: SimplifyOptions): Written {
  const segmentation = shapesOf(segment, simplification)
    .flatMap((shape) => shape.polygons)
    .map(({ outer, holes }) =>
      Array.from(joinRings([outer, ...holes]), (value) => rounded(value, DIGITS)),
    );
  if (segmentation.length === 0) return { segmentation, area: 0, bbox: [0, 0, 0, 0] };
  const rle = encodeCocoRle(cocoPolygonMask(segmentation, segment), segment);
  return { ...ofRuns(rle), segmentation };
}

/**
 * Writes masks as a COCO dataset: an annotation per instance if there are instances, else per mask;
 * empty masks get none. The labels are the categories.
 * @throws ClipSegError `invalid-argument`
 */
export function toCoco(pictures: readonly CocoPicture[], options: CocoOptions = {}): CocoDataset {
  const { segmentation: kind = 'rle', ...simplification } = checkOptions(options, 'toCoco');
  checkOneOf(kind, 'segmentation', ['rle', 'polygons']);
  return reading('The pictures', () => datasetOf(pictures, kind, simplification));
}

function datasetOf(
  pictures: readonly CocoPicture[],
  kind: 'rle' | 'polygons',
  simplification: SimplifyOptions,
): CocoDataset {
  const names = [...new Set(pictures.flatMap(({ segments }) => segments.map((s) => s.label)))];
  const annotations: CocoAnnotation[] = [];
  for (const [i, { segments }] of pictures.entries()) {
    for (const segment of segments) {
      for (const { mask, single, score } of partsOf(segment)) {
        const rle = encodeCocoRle(mask, segment);
        const written = kind === 'rle' ? ofRuns(rle) : ofOutlines(single, simplification);
        if (written.area === 0) continue;
        annotations.push({
          id: annotations.length + 1,
          image_id: i + 1,
          category_id: names.indexOf(segment.label) + 1,
          ...written,
          iscrowd: 0,
          ...(score !== undefined && { score }),
        });
      }
    }
  }
  return {
    images: pictures.map(({ file, width, height }, i) => ({
      id: i + 1,
      file_name: file,
      width,
      height,
    })),
    annotations,
    categories: names.map((name, i) => ({ id: i + 1, name })),
  };
}

const FORMAT = 'COCO data set';

/** A mask of a COCO dataset. */
export interface CocoMask extends MaskSize {
  readonly file: string;
  readonly label: string;
  /** uint8 [height, width], 1 inside. */
  readonly mask: Uint8Array;
}

/**
 * Reads the masks of a COCO dataset, one by one.
 * @param json text, or what JSON.parse made of it
 * @throws ClipSegError `invalid-argument` naming the annotation
 */
export function* fromCoco(json: unknown): Generator<CocoMask> {
  const { annotations, images, categories } = reading('The COCO data set', () => {
    const whole = readJson(json, FORMAT);
    const list = (name: string) => recordsOf(whole[name], name, FORMAT);
    return {
      annotations: list('annotations'),
      images: new Map(list('images').map((image) => [image.id, image])),
      categories: new Map(list('categories').map((category) => [category.id, category.name])),
    };
  });
  for (const [i, annotation] of annotations.entries()) {
    yield reading(`Annotation ${i} of the COCO data set`, () =>
      annotationMask(annotation, i, images, categories),
    );
  }
}

function annotationMask(
  annotation: Record<string, unknown>,
  i: number,
  images: ReadonlyMap<unknown, Record<string, unknown>>,
  categories: ReadonlyMap<unknown, unknown>,
): CocoMask {
  const fail = failure(FORMAT);
  const { image_id, category_id, segmentation } = annotation;
  const {
    file_name = '',
    width,
    height,
  } = images.get(image_id) ?? fail(`has no image ${showValue(image_id)}`);
  const label = categories.get(category_id) ?? fail(`has no category ${showValue(category_id)}`);
  if (typeof segmentation !== 'object' || segmentation === null) {
    fail(`has no segmentation in annotation ${i}`);
  }
  const size = { width, height } as MaskSize; // `cocoMask` checks it
  const mask = cocoMask(segmentation as CocoRle, size);
  const file = nameOf(file_name, 'a file_name', FORMAT);
  return { file, label: nameOf(label, 'the name of a category', FORMAT), ...size, mask };
}
