import {
  cutout,
  type FormatInput,
  type FormatName,
  type FormatWriter,
  formatWriters,
  plannedFiles,
  toCategoryPng,
  toPng,
} from '@clipseg/core/formats';
import { matte, type PostProcessor, postprocess } from '@clipseg/core/postprocess';
import { classesOf } from './shown-segments.js';

/** The data that files are made of. */
export interface Exportable extends FormatInput {
  /** Name of the image, without an extension. */
  readonly name: string;
  readonly steps: readonly PostProcessor[];
  /** Probability above which a pixel belongs to a class. */
  readonly level: number;
}

/** Text of the download buttons; a format of `@clipseg/core` that is missing does not compile. */
export const formatLabels: Readonly<Record<FormatName | 'classes', string>> = {
  mask: 'Mask, PNG',
  cutout: 'Cut-out, PNG',
  heatmap: 'Heat map, PNG',
  probabilities: 'Probabilities, PNG',
  rle: 'COCO run lengths',
  npy: 'Logits, NumPy',
  overlay: 'Overlay, PNG',
  svg: 'Outlines, SVG',
  coco: 'COCO, JSON',
  classes: 'Classes, PNG',
  palette: 'Palette, PNG',
  geojson: 'GeoJSON',
  labelme: 'LabelMe, JSON',
  yolo: 'YOLO, text',
};
export type ExportFormat = keyof typeof formatLabels;

/** The formats of core; cut-outs are cropped to the object, and classes are written besides. */
export function writersFor({ steps, level }: Exportable): Record<ExportFormat, FormatWriter> {
  return {
    ...formatWriters,
    cutout: {
      name: 'cutout',
      extension: 'cutout.png',
      per: 'segment',
      write({ image, segmentation }, i) {
        const { segments } = postprocess(segmentation, [...steps, matte()], { image });
        return toPng(cutout(image, segments[i]!, { crop: 8 }));
      },
    },
    classes: {
      name: 'classes',
      extension: 'classes.png',
      per: 'image',
      write: ({ segmentation, colors }) => toCategoryPng(classesOf(segmentation, level), colors),
    },
  };
}

/** Replaces characters that file names cannot have. */
const safe = (name: string): string => name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '-');

/** Keeps the letters and digits of a label. */
function labelPart(label: string): string {
  const text = label.normalize('NFC').replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  return text.replaceAll(/^-|-$/g, '') || 'prompt';
}

/**
 * Makes a file for download.
 * @param index of the segment, for formats that write a file per segment
 */
export function exportFile(from: Exportable, writer: FormatWriter, index: number): File {
  const input = { ...from, file: `${safe(from.name)}.png` };
  const names = from.processed.segments.map(({ label }) => labelPart(label));
  const perSegment = writer.per === 'segment';
  const content = perSegment ? writer.write(input, index) : writer.write(input);
  const { ending } = plannedFiles([writer], names)[perSegment ? index : 0]!;
  return new File([content as BlobPart], `${safe(from.name)}${ending}`);
}

/** Downloads a file. */
export function save(file: File): void {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href: url, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // after the download has begun
}
