import { reading } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { showValue } from '../../util/show-value.js';
import { checkSize, type MaskSize } from '../mask.js';
import { cocoPolygonMask } from './coco-polygon.js';
import { type CocoRle, decodeCocoRle } from './coco-rle.js';

/**
 * Converts an annotation to a mask, as pycocotools' `annToMask` does.
 * @param segmentation run lengths of either kind, or outlines
 * @param size size of the image
 * @returns uint8 [height, width], 1 inside
 * @throws ClipSegError `invalid-argument`
 */
export function cocoMask(
  segmentation: CocoRle | readonly (readonly number[])[],
  size: MaskSize,
): Uint8Array {
  checkSize(size);
  return reading('The COCO segmentation', () => {
    if (Array.isArray(segmentation)) return cocoPolygonMask(segmentation, size);
    const own: unknown = isRecord(segmentation) ? segmentation.size : undefined;
    if (!Array.isArray(own)) {
      const message = `The COCO segmentation is ${showValue(segmentation)}, neither polygons nor RLE.`;
      throw new ClipSegError('invalid-argument', message);
    }
    const { width, height } = size;
    const [rows, columns] = own;
    if (rows === height && columns === width) return decodeCocoRle(segmentation as CocoRle);
    throw new ClipSegError(
      'invalid-argument',
      `The COCO RLE is of ${showValue(columns)} x ${showValue(rows)} pixels, the picture of ` +
        `${width} x ${height}.`,
    );
  });
}
