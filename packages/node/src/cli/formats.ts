import { join } from 'node:path';
import { writeFile } from '@clipseg/convert';
import type { RawImage, Segmentation } from '@clipseg/core';
import * as to from '@clipseg/core/formats';
import {
  matte,
  type Postprocessed,
  type ProcessedSegment,
  postprocess,
  scoresOf,
} from '@clipseg/core/postprocess';
import { encodeCocoRle } from '@clipseg/core/raster';
import type { Format } from './options.js';
import { createNames, promptName } from './output-names.js';

/** Everything that the formats need about one image. */
interface Result {
  /** Name of the image file, for formats that store it. */
  readonly file: string;
  readonly image: RawImage;
  readonly segmentation: Segmentation;
  readonly processed: Postprocessed;
}

type Written = string | Uint8Array;

/** How far simplified outlines may deviate, in pixels. */
const TOLERANCE = 0.75;

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

const shapesOf = ({ processed }: Result): to.Shape[] =>
  processed.segments.flatMap((segment) => to.shapesOf(segment, { tolerance: TOLERANCE }));

/** Class names for YOLO: the labels of the prompts. */
const namesOf = ({ processed }: Result): string[] => [
  ...new Set(processed.segments.map(({ label }) => label)),
];

/** Adds an alpha by matting, unless the pipeline made one. */
function withAlpha({ image, segmentation }: Result, segment: ProcessedSegment): ProcessedSegment {
  if (segment.alpha) return segment;
  const { width, height, mask, label } = segment;
  const index = segmentation.segments.findIndex((own) => own.label === label);
  const draft = { width, height, mask, label, scores: scoresOf(segmentation, index) };
  const { segments } = postprocess({ width, height, drafts: [draft] }, [matte()], { image });
  return segments[0]!;
}

/** Merges all masks into one: smaller masks lie on top of larger ones. */
function categories({ processed }: Result): Uint8Array {
  const { width, height, segments } = processed;
  const area = ({ mask }: ProcessedSegment) => mask.reduce((sum, inside) => sum + inside, 0);
  const order = segments.map((segment, i) => ({ segment, i, area: area(segment) }));
  const data = new Uint8Array(width * height);
  for (const { segment, i } of order.sort((a, b) => b.area - a.area)) {
    for (let k = 0; k < data.length; k++) if (segment.mask[k]) data[k] = i + 1;
  }
  return data;
}

/** Formats written once per prompt: the file's ending and its content. */
const perPrompt: Partial<
  Record<Format, [ending: string, (result: Result, index: number) => Written]>
> = {
  mask: ['mask.png', ({ processed }, i) => to.toMaskPng(processed.segments[i]!.mask, processed)],
  probabilities: [
    'probabilities.png',
    ({ segmentation }, i) =>
      to.toProbabilityPng(segmentation.segments[i]!.probabilities(), segmentation),
  ],
  npy: [
    'npy',
    ({ segmentation }, i) => to.toNpy(segmentation.segments[i]!.logits, segmentation.resolution),
  ],
  heatmap: [
    'heatmap.png',
    ({ segmentation, image }, i) => to.toPng(to.heatMap(scoresOf(segmentation, i), { image })),
  ],
  cutout: [
    'cutout.png',
    (result, i) => {
      const segment = withAlpha(result, result.processed.segments[i]!);
      return to.toPng(to.cutout(result.image, segment));
    },
  ],
  rle: [
    'rle.json',
    ({ processed }, i) => json(encodeCocoRle(processed.segments[i]!.mask, processed)),
  ],
};

/** Formats written once per image. */
const perPicture: Partial<Record<Format, [ending: string, (result: Result) => Written]>> = {
  overlay: ['overlay.png', ({ image, processed }) => to.toOverlayPng(image, processed.segments)],
  palette: [
    'palette.png',
    (result) => to.toCategoryPng({ ...result.processed, data: categories(result) }),
  ],
  svg: ['svg', (result) => to.toSvg(shapesOf(result), result.processed)],
  coco: ['coco.json', ({ file, processed }) => json(to.toCoco([{ file, ...processed }]))],
  labelme: [
    'labelme.json',
    (result) => json(to.toLabelMe(shapesOf(result), result.processed, result.file)),
  ],
  yolo: ['txt', (result) => to.toYolo(shapesOf(result), result.processed, namesOf(result))],
  geojson: ['geojson', (result) => json(to.toGeoJson(shapesOf(result)))],
};

/** Makes a unique name for each prompt, for use in file names. */
function promptNames(prompts: readonly string[]): string[] {
  const unique = createNames();
  return prompts.map((prompt, i) => unique(promptName(prompt, `prompt-${i + 1}`)));
}

/** Returns the endings, after the image's stem, of the files that the formats write. */
export function endingsOf(prompts: readonly string[], format: readonly Format[]): string[] {
  const names = promptNames(prompts);
  return format.flatMap((name) => [
    ...(perPrompt[name] ? names.map((prompt) => `.${prompt}.${perPrompt[name]?.[0]}`) : []),
    ...(perPicture[name] ? [`.${perPicture[name][0]}`] : []),
  ]);
}

/**
 * Writes the files of all requested formats.
 * @returns the paths for each prompt, including files that all prompts share
 */
export async function writeResults(
  result: Result,
  stem: string,
  { format, output }: { readonly format: readonly Format[]; readonly output: string },
): Promise<Partial<Record<Format, string>>[]> {
  const write = async (name: string, content: Written): Promise<string> => {
    const path = join(output, name);
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await writeFile(path, [bytes]);
    return path;
  };
  const { segments } = result.processed;
  const names = promptNames(segments.map(({ label }) => label));
  const files: Partial<Record<Format, string>>[] = [];
  for (const [i, prompt] of names.entries()) {
    const base = `${stem}.${prompt}`;
    const own: Partial<Record<Format, string>> = {};
    for (const name of format) {
      const [ending, encode] = perPrompt[name] ?? [];
      if (encode) own[name] = await write(`${base}.${ending}`, encode(result, i));
    }
    files.push(own);
  }
  for (const name of format) {
    const [ending, encode] = perPicture[name] ?? [];
    if (!encode) continue;
    const path = await write(`${stem}.${ending}`, encode(result));
    for (const own of files) own[name] = path;
  }
  return files;
}
