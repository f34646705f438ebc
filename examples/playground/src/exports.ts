import type { RawImage, Segmentation } from '@clipseg/core';
import {
  type Color,
  cutout,
  shapesOf,
  toCategoryPng,
  toCoco,
  toMaskPng,
  toPng,
  toSvg,
} from '@clipseg/core/formats';
import {
  matte,
  type PostProcessor,
  type ProcessedSegment,
  postprocess,
} from '@clipseg/core/postprocess';
import { classesOf } from './shown-segments.js';

/** The data that files are made of. */
export interface Exportable {
  readonly name: string;
  readonly image: RawImage;
  readonly segmentation: Segmentation;
  readonly steps: readonly PostProcessor[];
  /** The result of the steps. */
  readonly segments: readonly ProcessedSegment[];
  readonly colors: readonly Color[];
  /** Probability above which a pixel belongs to a class. */
  readonly level: number;
}

const png = (bytes: Uint8Array): Blob => new Blob([bytes.slice()], { type: 'image/png' });
const json = (value: unknown): Blob =>
  new Blob([JSON.stringify(value)], { type: 'application/json' });
/** Keeps the image's name except for forbidden characters; of a prompt, letters and digits. */
function fileName(name: string, prompt?: string): string {
  const stem = name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '-');
  if (prompt === undefined) return stem;
  const text = prompt.normalize('NFC').replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  return `${stem}.${text.replaceAll(/^-|-$/g, '') || 'prompt'}`;
}

/** Makes a mask file: white inside, black outside. */
export function maskFile({ name, segments }: Exportable, index: number): File {
  const segment = segments[index]!;
  const blob = png(toMaskPng(segment.mask, segment));
  return new File([blob], `${fileName(name, segment.label)}.mask.png`);
}

/** Cuts out a segment, cropped, on a transparent background, without its color in soft edges. */
export function cutOutFile(from: Exportable, index: number): File {
  const { name, image, segmentation, steps } = from;
  const { segments } = postprocess(segmentation, [...steps, matte()], { image });
  const segment = segments[index]!;
  const blob = png(toPng(cutout(image, segment, { crop: 8 })));
  return new File([blob], `${fileName(name, segment.label)}.cut-out.png`);
}

/** Writes the outlines of all prompts. */
export function svgFile({ name, image, segments, colors }: Exportable): File {
  const shapes = segments.flatMap((segment) => shapesOf(segment, { tolerance: 0.5 }));
  const colorOfLabel = Object.fromEntries(segments.map(({ label }, i) => [label, colors[i]!]));
  const svg = toSvg(shapes, image, { colors: colorOfLabel });
  return new File([svg], `${fileName(name)}.svg`, { type: 'image/svg+xml' });
}

/** Writes the run lengths of all prompts, or of their parts if they were separated. */
export function cocoFile({ name, image, segments }: Exportable): File {
  const { width, height } = image;
  const coco = toCoco([{ file: `${fileName(name)}.png`, width, height, segments }]);
  return new File([json(coco)], `${fileName(name)}.coco.json`);
}

/** Writes a category for every pixel, as a PNG with a palette. */
export function classesFile({ name, segmentation, colors, level }: Exportable): File {
  const blob = png(toCategoryPng(classesOf(segmentation, level), colors));
  return new File([blob], `${fileName(name)}.classes.png`);
}

/** Downloads a file. */
export function save(file: File): void {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href: url, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the download has started by then
}
