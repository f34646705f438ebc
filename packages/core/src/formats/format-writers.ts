import { type ProcessedSegment, postprocess } from '../postprocess/postprocess.js';
import { matte } from '../postprocess/steps/soft-edges.js';
import { encodeCocoRle } from '../raster/coco/coco-rle.js';
import { maskArea } from '../segmentation/segmentation.js';
import { scoresOf } from '../segmentation/segmentation-scores.js';
import { toCoco } from './coco.js';
import { cutout } from './cutout.js';
import type { FormatInput, FormatWriter } from './format-writer.js';
import { toGeoJson } from './geojson.js';
import { heatMap } from './heat-map.js';
import { toLabelMe } from './labelme.js';
import { toNpy } from './npy.js';
import { toOverlayPng } from './overlay.js';
import { toCategoryPng, toMaskPng, toPng, toProbabilityPng } from './png.js';
import { type Shape, shapesOf } from './shapes.js';
import { toSvg } from './svg.js';
import { toYolo } from './yolo.js';

/** The built-in formats. */
export type FormatName =
  | 'mask'
  | 'overlay'
  | 'palette'
  | 'cutout'
  | 'heatmap'
  | 'probabilities'
  | 'npy'
  | 'svg'
  | 'coco'
  | 'labelme'
  | 'yolo'
  | 'geojson'
  | 'rle';

/** Largest shift of outlines in pixels, so that they have few corners. */
const TOLERANCE = 0.75;

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

const allShapes = ({ processed }: FormatInput): Shape[] =>
  processed.segments.flatMap((segment) => shapesOf(segment, { tolerance: TOLERANCE }));

const labelsOf = ({ processed }: FormatInput): string[] => [
  ...new Set(processed.segments.map(({ label }) => label)),
];

/** Returns the segment with an alpha: the pipeline's, else a matte. */
function withAlpha({ image, segmentation, processed }: FormatInput, i: number): ProcessedSegment {
  const segment = processed.segments[i]!;
  if (segment.alpha) return segment;
  const { label, width, height, threshold } = segment;
  const scores = scoresOf(segmentation, i);
  const draft = { label, width, height, scores, mask: segment.mask(), threshold };
  return postprocess({ width, height, drafts: [draft] }, [matte()], { image }).segments[0]!;
}

/** Assigns pixels to segments, counted from 1; of overlapping segments the smallest wins. */
function categoriesOf({ processed: { width, height, segments } }: FormatInput): Uint8Array {
  const masks = segments.map((segment, i) => {
    const mask = segment.mask();
    return { mask, value: i + 1, area: maskArea(mask) };
  });
  const data = new Uint8Array(width * height);
  for (const { mask, value } of masks.sort((a, b) => b.area - a.area)) {
    for (let k = 0; k < data.length; k++) if (mask[k]) data[k] = value;
  }
  return data;
}

/** The built-in format writers. */
export const formatWriters: {
  readonly [Name in FormatName]: FormatWriter & { readonly name: Name };
} = {
  mask: {
    name: 'mask',
    extension: 'mask.png',
    per: 'segment',
    write: ({ processed }, i) => toMaskPng(processed.segments[i]!.mask(), processed),
  },
  overlay: {
    name: 'overlay',
    extension: 'overlay.png',
    per: 'image',
    write: ({ image, processed, colors }) =>
      toOverlayPng(
        image,
        processed.segments.map((segment, i) => ({ ...segment, color: colors?.[i] })),
      ),
  },
  palette: {
    name: 'palette',
    extension: 'palette.png',
    per: 'image',
    write: (input) =>
      toCategoryPng({ ...input.processed, data: categoriesOf(input) }, input.colors),
  },
  cutout: {
    name: 'cutout',
    extension: 'cutout.png',
    per: 'segment',
    write: (input, i) => toPng(cutout(input.image, withAlpha(input, i))),
  },
  heatmap: {
    name: 'heatmap',
    extension: 'heatmap.png',
    per: 'segment',
    write: ({ segmentation, image }, i) => toPng(heatMap(scoresOf(segmentation, i), { image })),
  },
  probabilities: {
    name: 'probabilities',
    extension: 'probabilities.png',
    per: 'segment',
    write: ({ segmentation }, i) =>
      toProbabilityPng(segmentation.segments[i]!.probabilities(), segmentation),
  },
  npy: {
    name: 'npy',
    extension: 'npy',
    per: 'segment',
    write: ({ segmentation: { segments, resolution } }, i) =>
      toNpy(segments[i]!.logits, resolution),
  },
  svg: {
    name: 'svg',
    extension: 'svg',
    per: 'image',
    write: (input) => {
      const colors = Object.fromEntries(
        input.processed.segments.flatMap(({ label }, i) => {
          const color = input.colors?.[i];
          return color ? [[label, color]] : [];
        }),
      );
      return toSvg(allShapes(input), input.processed, { colors });
    },
  },
  coco: {
    name: 'coco',
    extension: 'coco.json',
    per: 'image',
    write: ({ file, processed }) => json(toCoco([{ file, ...processed }])),
  },
  labelme: {
    name: 'labelme',
    extension: 'labelme.json',
    per: 'image',
    write: (input) => json(toLabelMe(allShapes(input), input.processed, input.file)),
  },
  yolo: {
    name: 'yolo',
    extension: 'txt',
    per: 'image',
    write: (input) => toYolo(allShapes(input), input.processed, labelsOf(input)),
  },
  geojson: {
    name: 'geojson',
    extension: 'geojson',
    per: 'image',
    write: (input) => json(toGeoJson(allShapes(input))),
  },
  rle: {
    name: 'rle',
    extension: 'rle.json',
    per: 'segment',
    write: ({ processed }, i) => json(encodeCocoRle(processed.segments[i]!.mask(), processed)),
  },
};
