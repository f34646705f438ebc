import { readFile } from 'node:fs/promises';
import type { EncodeImageOptions } from '@clipseg/core';
import {
  largest,
  morphology,
  type PostProcessor,
  pipelineFromJson,
  refine,
  type Thresholder,
  threshold,
  thresholderFromJson,
} from '@clipseg/core/postprocess';
import { type Command, InvalidArgumentError } from 'commander';
import { numberOf, numbersOf, parseCount } from './options.js';
import { UsageError } from './report.js';

/** Options for post-processing, and for the views of an image. */
export interface PostprocessOptions {
  readonly threshold?: number | Thresholder;
  readonly refine?: boolean;
  readonly minArea?: number;
  readonly largest?: boolean;
  readonly postprocess?: string;
  readonly tile?: 'auto' | number;
  readonly crop?: readonly [number, number, number, number];
  readonly flips?: boolean;
}

const DEFAULT_THRESHOLD = 0.5;

/** Parses a probability, the name of a thresholder, or its JSON. */
function parseThreshold(value: string): number | Thresholder {
  const number = numberOf(value);
  if (number >= 0 && number <= 1) return number;
  if (/^[\s\d.,+-]*(e[+-]?\d+|0x[\da-f]+|nan|infinity)?\s*$/i.test(value)) {
    throw new InvalidArgumentError('Give a number from 0 to 1 such as 0.4, or a thresholder.');
  }
  try {
    return thresholderFromJson(value.trim());
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function parseTile(value: string): 'auto' | number {
  return value === 'auto' ? 'auto' : parseCount(value);
}

function parseCrop(value: string): [number, number, number, number] {
  const numbers = numbersOf(value);
  if (numbers.length === 4 && numbers.every(Number.isInteger)) {
    return numbers as [number, number, number, number];
  }
  throw new InvalidArgumentError('Give whole numbers of pixels: x0,y0,x1,y1.');
}

export function withPostprocessOptions(command: Command): Command {
  return command
    .option(
      '--threshold <t>',
      'probability above which a pixel is inside, or e.g. otsu',
      parseThreshold,
    )
    .option('--refine', 'align masks with edges in the image')
    .option('--min-area <pixels>', 'drop smaller connected parts', parseCount)
    .option('--largest', 'keep only the largest connected part')
    .option(
      '--postprocess <json>',
      'pipeline instead of the four options above: a .json file, or JSON',
    )
    .option('--tile <side>', 'also encode tiles: auto, or their side in pixels', parseTile)
    .option('--crop <box>', 'encode only a part of the image: x0,y0,x1,y1', parseCrop)
    .option('--flips', 'also encode mirror images');
}

/** Returns the options for encoding an image. */
export const encodeOptionsOf = ({ tile, crop, flips }: PostprocessOptions): EncodeImageOptions => ({
  ...(tile !== undefined && { tiles: tile === 'auto' ? 'auto' : { size: tile } }),
  ...(crop && { crop }),
  ...(flips && { flips }),
});

/** Returns the threshold where only a number is accepted. */
export const thresholdOf = ({ threshold: cut = DEFAULT_THRESHOLD }: PostprocessOptions): number => {
  if (typeof cut === 'number') return cut;
  throw new UsageError(`--classes needs a number as --threshold, not ${cut.name}.`);
};

/**
 * Builds the pipeline from the options.
 * @throws ClipSegError naming the step; UsageError for options that contradict each other
 */
export async function readPipeline(options: PostprocessOptions): Promise<PostProcessor[]> {
  const { postprocess: json, threshold: cut, minArea } = options;
  if (json === undefined) {
    return [
      ...(options.refine ? [refine()] : []),
      threshold(cut ?? DEFAULT_THRESHOLD),
      ...(minArea ? [morphology({ minArea })] : []),
      ...(options.largest ? [largest()] : []),
    ];
  }
  if (cut !== undefined || options.refine || minArea || options.largest) {
    throw new UsageError(
      '--postprocess replaces the pipeline; leave out --threshold, --refine, --min-area, --largest.',
    );
  }
  if (json.trimStart().startsWith('[')) return pipelineFromJson(json);
  const text = await readFile(json, 'utf8').catch((cause) => {
    throw new UsageError(`--postprocess ${json} cannot be read: ${cause.message}`);
  });
  return pipelineFromJson(text);
}
