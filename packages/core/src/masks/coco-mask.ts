import { ClipSegError } from '../errors.js';
import { cocoPolygonMask } from './coco-polygon.js';
import { type CocoRle, decodeCocoRle } from './coco-rle.js';
import type { MaskSize } from './mask.js';

/**
 * The mask of an annotation, as pycocotools' `annToMask` gives it.
 * @param segmentation run lengths of either kind, or outlines
 * @param size of the picture
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-argument`
 */
export function cocoMask(
  segmentation: CocoRle | readonly (readonly number[])[],
  { width, height }: MaskSize,
): Uint8Array {
  if ('length' in segmentation) return cocoPolygonMask(segmentation, { width, height });
  const [rows, columns] = segmentation.size ?? [];
  if (rows === height && columns === width) return decodeCocoRle(segmentation);
  throw new ClipSegError(
    'invalid-argument',
    `The COCO RLE is of ${columns} x ${rows} pixels, the picture of ${width} x ${height}.`,
  );
}
