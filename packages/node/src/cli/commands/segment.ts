import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { asIoError, makeFolders } from '@clipseg/convert';
import {
  type ClipSeg,
  ClipSegError,
  maskArea,
  type Prompt,
  presence,
  type Resolution,
} from '@clipseg/core';
import type { FormatName } from '@clipseg/core/formats';
import type { PostProcessor } from '@clipseg/core/postprocess';
import { bankStrategy } from '@clipseg/core/prompts';
import type { Command } from 'commander';
import type { ImageInput } from '../../image/decode-image.js';
import type { Context } from '../context.js';
import { hint } from '../hints.js';
import { isSvgFile } from '../image-files.js';
import { type Input, listInputs } from '../inputs.js';
import { loadingOptions, type ModelOptions, withModelOptions } from '../model-options.js';
import { readNames } from '../name-list.js';
import {
  collect,
  formats,
  parseFormats,
  parsePath,
  parseResolution,
  parseShare,
} from '../options.js';
import { fileNameOf, outputStems } from '../output-names.js';
import {
  encodeOptionsOf,
  type PostprocessOptions,
  readPipeline,
  thresholdOf,
  withPostprocessOptions,
} from '../postprocess.js';
import { jsonLine } from '../print.js';
import { createImageBar, createProgress } from '../progress.js';
import {
  type PromptOptions,
  readBank,
  readPrompts,
  textPrompt,
  withPromptOptions,
} from '../prompt-options.js';
import { reportError, say, UsageError } from '../report.js';

interface SegmentOptions extends ModelOptions, PromptOptions, PostprocessOptions {
  readonly negative?: readonly string[];
  readonly classes?: string;
  readonly bank?: string;
  readonly from?: string;
  readonly output: string;
  readonly resolution?: Resolution;
  readonly presence?: number;
  readonly format: readonly FormatName[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addSegment(program: Command, context: Context): void {
  const command = program
    .command('segment')
    .description('segment images: write a mask for each prompt')
    .argument('[images...]', 'files, folders, globs, URLs, or - for stdin')
    .option(
      '--from <file>',
      'list of images, one per line or NUL-separated; - reads stdin',
      parsePath,
    )
    .option('--negative <text>', 'exclude this from every mask; repeatable', collect)
    .option('--classes <list>', 'one mask of all classes: "cat, dog, background"')
    .option('--bank <file>', 'prompt bank; used for texts that equal its labels')
    .option('-o, --output <folder>', 'folder for the results', parsePath, 'out')
    .option(
      '--resolution <resolution>',
      'model resolution: a side such as 352, or HEIGHTxWIDTH',
      parseResolution,
    )
    .option('--presence <p>', 'probability above which a prompt counts as present', parseShare)
    .option('--format <list>', formats.join(', '), parseFormats, ['mask', 'overlay'])
    .option('--json', 'print one line of JSON per image')
    .option('-q, --quiet', 'print no hints');
  withModelOptions(withPromptOptions(withPostprocessOptions(command))).action(
    (images: string[], options: SegmentOptions) => segmentAll(images, options, context),
  );
}

const SCOPE =
  'clipseg: using the embedded model, which only knows images of emoji-like objects. ' +
  'For photographs: -m CIDAS/clipseg-rd64-refined';

/** Returns the prompts of the command line, or one per class with `--classes`. */
async function promptsOf(options: SegmentOptions, signal: AbortSignal): Promise<Prompt[]> {
  if (options.classes !== undefined) {
    const { classPrompts } = await import('../classes.js');
    return classPrompts(options.classes, options);
  }
  const prompts = await readPrompts(options, signal);
  if (prompts.length > 0) return prompts;
  throw new UsageError('no prompt given; add -p "a cat", --support or --classes.');
}

async function open(options: SegmentOptions, signal: AbortSignal): Promise<ClipSeg<ImageInput>> {
  const { createClipSeg } = await import('../../create-clip-seg.js');
  const progress = createProgress();
  const { onProgress } = progress;
  const strategies = options.bank === undefined ? [] : [bankStrategy(await readBank(options.bank))];
  // The text encoder may never be needed with a bank or image prompts.
  const preload = ['visionEncoder', 'decoder'] as const;
  const svg = options.support?.some(isSvgFile);
  const all = { ...loadingOptions(options), strategies, preload, svg, signal, onProgress };
  return createClipSeg(all).finally(progress.stop);
}

/** Returns the images of the command line, then those of the list. */
async function inputsOf(
  images: readonly string[],
  { from, quiet }: SegmentOptions,
  signal: AbortSignal,
): Promise<Input[]> {
  if (images.length === 0 && from === undefined) {
    throw new UsageError("missing required argument 'images': give images, or a list with --from.");
  }
  if (from === '-' && images.includes('-')) {
    throw new UsageError('stdin (-) is either an image or the list of --from, not both.');
  }
  const listed = from === undefined ? [] : await readNames(from, signal);
  const inputs = await listInputs(images, { quiet, listed });
  if (inputs.length === 0) throw new UsageError(`--from ${from}: the list is empty.`);
  return inputs;
}

async function giveHints(prompts: readonly Prompt[], options: SegmentOptions): Promise<void> {
  const { prompt = [], negative = [], classes, model } = options;
  const others = negative.map((text) => textPrompt(text, options));
  const encoded =
    options.bank === undefined
      ? []
      : (await readBank(options.bank)).prompts.map(({ label }) => label as string);
  const texts = [...prompt, ...negative, ...(classes === undefined ? [] : [classes])];
  hint(texts, [...prompts, ...others], { model, encoded });
}

/** Called before the first image, so that a folder without write access is reported once. */
async function makeOutput(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.W_OK);
  } catch (cause) {
    const { message } = asIoError(cause, folder) as Error;
    throw new ClipSegError('io', `The folder ${folder} cannot be written to: ${message}`, {
      cause,
    });
  }
}

/** Returns the stem of each image's results. No file that is read is overwritten. */
async function stemsOf(
  inputs: readonly Input[],
  prompts: readonly { readonly label: string }[],
  options: SegmentOptions,
): Promise<string[]> {
  const { CLASSES_ENDING, OVERLAY_ENDING } = await import('../classes.js');
  const { endingsOf } = await import('../formats.js');
  const { output, format, support = [], supportMask = [], bank: file, from } = options;
  const others = [...support, ...supportMask, file ?? [], from ?? []].flat();
  const endings =
    options.classes === undefined
      ? endingsOf(
          prompts.map(({ label }) => label),
          format,
        )
      : [CLASSES_ENDING, OVERLAY_ENDING];
  return outputStems(inputs, { output, endings, others });
}

/** Returns stdin; an abort ends the wait for a stream that sends nothing. */
function standardInput(signal: AbortSignal): NodeJS.ReadableStream {
  signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  return process.stdin;
}

async function segmentAll(
  images: readonly string[],
  options: SegmentOptions,
  { signal, debug }: Context,
): Promise<void> {
  const prompts = await promptsOf(options, signal);
  const pipeline = await readPipeline(options);
  const inputs = await inputsOf(images, options, signal);
  if (options.model === 'mini' && !options.quiet && !options.json) say(SCOPE);
  if (!options.quiet && !options.json) await giveHints(prompts, options);
  const clipSeg = await open(options, signal);
  const bar = createImageBar(inputs.length);
  try {
    await makeOutput(options.output);
    // Once for all images: an invalid prompt fails early, and supports are not encoded again.
    const encoded = await clipSeg.encodePrompts(prompts, { signal });
    const stems = await stemsOf(inputs, encoded, options);
    for (const [i, input] of inputs.entries()) {
      try {
        const stem = stems[i]!;
        await segmentOne(clipSeg, input, stem, encoded, pipeline, options, signal);
      } catch (error) {
        // One invalid image does not stop the others.
        if (signal.aborted || !ClipSegError.isInstance(error)) throw error;
        process.exitCode = reportError(error, { debug });
      }
      bar.step(input.name);
    }
  } finally {
    bar.stop();
    await clipSeg.dispose();
  }
}

async function segmentOne(
  clipSeg: ClipSeg<ImageInput>,
  input: Input,
  stem: string,
  prompts: readonly Prompt[],
  pipeline: readonly PostProcessor[],
  options: SegmentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { decodeImage } = await import('../../image/decode-image.js');
  const svg = isSvgFile(input.path);
  const image = await decodeImage(input.path ?? standardInput(signal), { signal, svg });
  const { resolution } = options;
  const negative = options.negative?.map((text) => textPrompt(text, options));
  const encodeOptions = { ...encodeOptionsOf(options), resolution };
  const result = await clipSeg.segment(image, prompts, { ...encodeOptions, negative, signal });
  const { model } = clipSeg;
  const head = {
    image: input.name,
    width: result.width,
    height: result.height,
    model: model.name,
    dtype: model.dtype,
    resolution: result.resolution,
  };
  const report = (line: object, parts: readonly string[]): void => {
    if (options.json) process.stdout.write(jsonLine({ ...head, ...line }));
    else say(`${input.name}: ${parts.join(', ')} -> ${join(options.output, stem)}.*`);
  };
  const shareOf = (area: number) =>
    `${((100 * area) / (result.width * result.height)).toFixed(1)} %`;
  const { timings } = result;
  if (options.classes !== undefined) {
    const { writeClasses } = await import('../classes.js');
    const { legend, files } = await writeClasses(image, result, stem, {
      ...options,
      threshold: thresholdOf(options),
    });
    const parts = legend.map(({ label, area }) => `${label} ${shareOf(area)}`);
    return report({ classes: legend, files, timings }, parts);
  }
  const { postprocess } = await import('@clipseg/core/postprocess');
  const { writeResults } = await import('../formats.js');
  const processed = postprocess(result, pipeline, { image });
  const file = fileNameOf(input);
  const files = await writeResults({ file, image, segmentation: result, processed }, stem, options);
  const prompted = result.segments.map((segment, i) => {
    const area = maskArea(processed.segments[i]!.mask());
    const there = presence(segment, { threshold: options.presence });
    return { label: segment.label, area, presence: there, files: files[i] };
  });
  const parts = prompted.map(({ label, area, presence: { present } }) =>
    [label, shareOf(area), ...(present ? [] : ['(absent)'])].join(' '),
  );
  report({ prompts: prompted, timings }, parts);
}
