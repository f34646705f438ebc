import type { RawImage } from '../contracts/image.js';
import { isRecord } from '../json.js';
import { cocoPolygonMask, decodeCocoRle } from '../masks/index.js';
import type { DatasetFiles, Truth } from './dataset.js';
import { fail } from './datasets/parse.js';

/** A grey picture's values; of a coloured one the first channel. */
export function firstChannel({ width, height, channels, data }: RawImage): Truth {
  const values = Uint8Array.from(
    { length: width * height },
    (_, i) => data[i * channels] as number,
  );
  return { width, height, data: values };
}

/** A mask file: inside from 128 on. */
export async function maskFile(files: DatasetFiles, path: string): Promise<Truth> {
  const { data, ...size } = firstChannel(await files.pixels(path));
  return { ...size, data: data.map((value) => (value >= 128 ? 1 : 0)) };
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
