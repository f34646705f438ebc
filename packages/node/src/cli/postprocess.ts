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
  upsample,
} from '@clipseg/core/masks';
import { type Command, InvalidArgumentError } from 'commander';
import { numberOf, numbersOf, parseCount } from './options.js';
import { UsageError } from './report.js';

/** What is done with the logits, and how closely a picture is looked at. */
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

/** A probability, the name of a thresholder, or its JSON. */
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
  throw new InvalidArgumentError('Give whole pixels: x0,y0,x1,y1.');
}

export function withPostprocessOptions(command: Command): Command {
  return command
    .option(
      '--threshold <t>',
      'probability above which a pixel is in, or otsu, ...',
      parseThreshold,
    )
    .option('--refine', "follow the picture's edges")
    .option('--min-area <pixels>', 'leave out smaller parts', parseCount)
    .option('--largest', 'keep the largest part only')
    .option('--postprocess <json>', 'a pipeline instead: a .json file, or the JSON itself')
    .option('--tile <side>', 'look at tiles too: auto, or their side in pixels', parseTile)
    .option('--crop <box>', 'encode only a part of the picture: x0,y0,x1,y1', parseCrop)
    .option('--flips', 'look at everything mirrored too');
}

/** How the picture is to be encoded. */
export const looksOf = ({ tile, crop: region, flips }: PostprocessOptions): EncodeImageOptions => ({
  ...(tile !== undefined && { tiles: tile === 'auto' ? 'auto' : { size: tile } }),
  ...(region && { crop: region }),
  ...(flips && { flips }),
});

/** The probability at which something is cut where only a number will do. */
export const thresholdOf = ({ threshold: own = DEFAULT_THRESHOLD }: PostprocessOptions): number => {
  if (typeof own === 'number') return own;
  throw new UsageError(`--classes takes a number as --threshold, not ${own.name}.`);
};

/**
 * The steps that the options ask for.
 * @throws ClipSegError naming the step; UsageError for options that contradict one another
 */
export async function readPipeline(options: PostprocessOptions): Promise<PostProcessor[]> {
  const { postprocess: json, threshold: own, minArea } = options;
  if (json === undefined) {
    return [
      upsample(),
      ...(options.refine ? [refine()] : []),
      threshold(own ?? DEFAULT_THRESHOLD),
      ...(minArea ? [morphology({ minArea })] : []),
      ...(options.largest ? [largest()] : []),
    ];
  }
  if (own !== undefined || options.refine || minArea || options.largest) {
    throw new UsageError(
      '--postprocess is the whole pipeline; leave out --threshold, --refine, --min-area, --largest.',
    );
  }
  if (json.trimStart().startsWith('[')) return pipelineFromJson(json);
  const text = await readFile(json, 'utf8').catch((cause) => {
    throw new UsageError(`--postprocess: ${json} cannot be read: ${cause.message}`);
  });
  return pipelineFromJson(text);
}
