import { cocoMask } from '../raster/coco/coco-mask.js';
import type { CocoRle } from '../raster/coco/coco-rle.js';
import { imageMask } from '../raster/region.js';
import type { DatasetFiles, Truth } from './dataset.js';
import { fail } from './datasets/parse.js';

/** Reads a mask file; values from 128 on are inside. */
export async function maskFile(files: DatasetFiles, path: string): Promise<Truth> {
  const picture = await files.pixels(path);
  return { width: picture.width, height: picture.height, data: imageMask(picture) };
}

/** Reads a COCO segmentation: run lengths, or polygons, which need the image's size. */
export function cocoTruth(
  path: string,
  segmentation: unknown,
  { width, height }: { readonly width: number; readonly height: number },
): Truth {
  if (typeof segmentation === 'object' && segmentation !== null) {
    try {
      const data = cocoMask(segmentation as CocoRle, { width, height });
      return { width, height, data };
    } catch (error) {
      return fail(path, `has a segmentation that cannot be read: ${(error as Error).message}`);
    }
  }
  return fail(path, 'has a segmentation that is neither polygons nor run lengths');
}
