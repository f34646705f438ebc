import { isRecord } from '../json.js';
import { cocoPolygonMask, decodeCocoRle } from '../masks/index.js';
import { imageMask } from '../region.js';
import type { DatasetFiles, Truth } from './dataset.js';
import { fail } from './datasets/parse.js';

/** A mask file: inside from 128 on. */
export async function maskFile(files: DatasetFiles, path: string): Promise<Truth> {
  const picture = await files.pixels(path);
  return { width: picture.width, height: picture.height, data: imageMask(picture) };
}

/** A COCO segmentation: run lengths, or polygons, which need the picture's size. */
export function cocoTruth(
  path: string,
  segmentation: unknown,
  size: { readonly width: number; readonly height: number },
): Truth {
  const { width, height } = size;
  const data = Array.isArray(segmentation)
    ? cocoPolygonMask(segmentation, { width, height })
    : isRecord(segmentation)
      ? decodeCocoRle(segmentation as never)
      : fail(path, 'has a segmentation that is neither polygons nor run lengths');
  if (data.length !== width * height) {
    fail(path, `has a segmentation that is not of ${width} x ${height} pixels`);
  }
  return { width, height, data };
}

/** What is inside one of the truths, all of one size. */
export function union(truths: readonly Truth[]): Truth {
  const [first, ...others] = truths as [Truth, ...Truth[]];
  const data = first.data.slice();
  for (const other of others) {
    for (let i = 0; i < data.length; i++) if (other.data[i]) data[i] = 1;
  }
  return { ...first, data };
}
