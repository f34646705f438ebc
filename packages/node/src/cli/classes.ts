import { join } from 'node:path';
import { writeFile } from '@clipseg/convert';
import {
  type CategoryMask,
  categoryMask,
  type Prompt,
  type RawImage,
  type Segmentation,
} from '@clipseg/core';
import { type FormatName, toGreyPng, toOverlayPng } from '@clipseg/core/formats';
import { type PromptOptions, textPrompt } from './prompt-options.js';
import { UsageError } from './report.js';

const BACKGROUND = 'background';

/** Endings of the files' names, after the image's stem. */
export const CLASSES_ENDING = '.classes.png';
export const OVERLAY_ENDING = '.overlay.png';

/** Parses a comma-separated list of classes into one prompt per class. */
export function classPrompts(list: string, options: PromptOptions): Prompt[] {
  if (options.prompt || options.support) {
    throw new UsageError('--classes already gives the prompts; leave out --prompt and --support.');
  }
  return list.split(',').map((entry) => {
    const label = entry.trim();
    const prompt = textPrompt(label, options);
    return typeof prompt === 'string' ? prompt : { ...prompt, label };
  });
}

interface WriteOptions {
  readonly format: readonly FormatName[];
  readonly output: string;
  readonly threshold: number;
}

export interface WrittenClasses {
  readonly legend: CategoryMask['legend'];
  readonly files: Partial<Record<FormatName, string>>;
}

/**
 * Writes one mask of all classes, a grey PNG with the values of the legend, and an overlay. The
 * background is the class called `background`, or pixels where no class exceeds the threshold.
 */
export async function writeClasses(
  image: RawImage,
  result: Segmentation,
  stem: string,
  { format, output, threshold }: WriteOptions,
): Promise<WrittenClasses> {
  const named = result.segments.some(({ label }) => label === BACKGROUND);
  const background = named ? { label: BACKGROUND } : { threshold };
  const { data, legend } = categoryMask(result, { background });
  const files: Partial<Record<FormatName, string>> = {};
  if (format.includes('mask')) {
    files.mask = join(output, `${stem}${CLASSES_ENDING}`);
    await writeFile(files.mask, [toGreyPng(data, result)]);
  }
  if (format.includes('overlay')) {
    const masks = legend.slice(1).map(({ value }) => ({
      mask: () => data.map((category) => (category === value ? 1 : 0)),
    }));
    files.overlay = join(output, `${stem}${OVERLAY_ENDING}`);
    await writeFile(files.overlay, [toOverlayPng(image, masks)]);
  }
  return { legend, files };
}
