import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bank,
  type ClipSeg,
  ClipSegError,
  maskArea,
  type Prompt,
  presence,
  type RawImage,
  type Segmentation,
  type Size,
} from '@clipseg/core';
import type { Command } from 'commander';
import type { ImageInput } from '../decode-image.js';
import { createNames, type Input, listInputs, slug, stemOf } from './inputs.js';
import type { Context } from './main.js';
import { type ModelOptions, withModelOptions } from './model-options.js';
import {
  collect,
  type Format,
  parseFormats,
  parseNumber,
  parseShare,
  parseSize,
} from './options.js';
import { createImageBar, createProgress } from './progress.js';
import {
  type PromptOptions,
  readBank,
  readPrompts,
  textPrompt,
  withPromptOptions,
} from './prompt-options.js';
import { reportError, say, UsageError } from './report.js';

interface SegmentOptions extends ModelOptions, PromptOptions {
  readonly negative?: readonly string[];
  readonly classes?: string;
  readonly bank?: string;
  readonly output: string;
  readonly size?: Size;
  readonly threshold: number;
  readonly presence?: number;
  readonly format: readonly Format[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addSegment(program: Command, context: Context): void {
  const command = program
    .command('segment')
    .description('write masks of what the prompts name')
    .argument('<images...>', 'files, folders, globs, URLs, or - for standard input')
    .option('--negative <text>', 'what no mask shall hold; may be given several times', collect)
    .option('--classes <list>', 'one mask of all: "cat, dog, background"')
    .option('--bank <file>', 'encoded prompts, in the place of texts that are its labels')
    .option('-o, --output <folder>', 'where the results go', 'out')
    .option('--size <size>', 'model resolution: a side, or HEIGHTxWIDTH', parseSize)
    .option('--threshold <t>', 'probability above which a pixel is in', parseShare, 0.5)
    .option('--presence <logit>', 'score from which a prompt counts as there', parseNumber)
    .option('--format <list>', 'mask, overlay, probabilities, npy', parseFormats, [
      'mask',
      'overlay',
    ] as Format[])
    .option('--json', 'one line of JSON per image on stdout')
    .option('-q, --quiet', 'no remarks');
  withModelOptions(withPromptOptions(command)).action((images: string[], options: SegmentOptions) =>
    segmentAll(images, options, context),
  );
}

const SCOPE =
  'clipseg: using the embedded model, which knows pictures made of emoji-like objects only. ' +
  'For photographs: -m CIDAS/clipseg-rd64-refined';

/** The prompts of the call: those named, or one for each class. */
async function promptsOf(options: SegmentOptions, signal: AbortSignal): Promise<Prompt[]> {
  if (options.classes !== undefined) {
    const { classPrompts } = await import('./classes.js');
    return classPrompts(options.classes, options);
  }
  const prompts = await readPrompts(options, signal);
  if (prompts.length > 0) return prompts;
  throw new UsageError('no prompt was given; add -p "a cat", --support or --classes.');
}

async function open(options: SegmentOptions, signal: AbortSignal): Promise<ClipSeg<ImageInput>> {
  const { createClipSeg } = await import('../create-clip-seg.js');
  const progress = createProgress();
  const { onProgress } = progress;
  const strategies = options.bank === undefined ? [] : [bank(await readBank(options.bank))];
  // With a bank, and pictures as prompts, the text encoder may never be needed.
  const preload = ['visionEncoder', 'decoder'] as const;
  const all = { ...options, strategies, preload, signal, onProgress };
  return createClipSeg(all).finally(progress.stop);
}

async function segmentAll(
  images: readonly string[],
  options: SegmentOptions,
  { signal, debug }: Context,
): Promise<void> {
  const prompts = await promptsOf(options, signal);
  const inputs = await listInputs(images);
  if (options.model === 'mini' && !options.quiet && !options.json) say(SCOPE);
  const clipSeg = await open(options, signal);
  const names = createNames();
  const bar = createImageBar(inputs.length);
  try {
    await mkdir(options.output, { recursive: true }).catch((cause) => {
      const message = `The folder ${options.output} cannot be made: ${cause.message}`;
      throw new ClipSegError('io', message, { cause });
    });
    // Once, not per image: a bad prompt fails at the start, and supports are encoded once.
    const encoded = await clipSeg.encodePrompts(prompts, { signal });
    for (const input of inputs) {
      try {
        await segmentOne(clipSeg, input, names(stemOf(input)), encoded, options, signal);
      } catch (error) {
        // One bad picture does not stop the others.
        if (signal.aborted || !ClipSegError.isInstance(error)) throw error;
        process.exitCode = reportError(error, { debug, signal });
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
  options: SegmentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { decodeImage } = await import('../decode-image.js');
  const image = await decodeImage(input.path ?? process.stdin, { signal });
  const { size } = options;
  const negative = options.negative?.map((text) => textPrompt(text, options));
  const result = await clipSeg.segment(image, prompts, { size, negative, signal });
  const { model } = clipSeg;
  const head = {
    ...{ image: input.name, width: result.width, height: result.height },
    ...{ model: model.name, dtype: model.dtype, size: result.size },
  };
  const report = (line: object, parts: readonly string[]): void => {
    if (options.json) process.stdout.write(`${JSON.stringify({ ...head, ...line })}\n`);
    else say(`${input.name}: ${parts.join(', ')} -> ${join(options.output, stem)}.*`);
  };
  const shareOf = (area: number) =>
    `${((100 * area) / (result.width * result.height)).toFixed(1)} %`;
  const { timings } = result;
  if (options.classes !== undefined) {
    const { writeClasses } = await import('./classes.js');
    const { legend, files } = await writeClasses(image, result, stem, options);
    const parts = legend.map(({ label, area }) => `${label} ${shareOf(area)}`);
    return report({ classes: legend, files, timings }, parts);
  }
  const files = await writeResults(image, result, stem, options);
  const { threshold } = options;
  const prompted = result.segments.map((segment, i) => {
    const area = maskArea(segment.mask({ threshold }));
    const there = presence(segment, { threshold: options.presence });
    return { prompt: segment.prompt, area, presence: there, files: files[i] };
  });
  const parts = prompted.map(({ prompt, area, presence: { present } }) =>
    [prompt, shareOf(area), ...(present ? [] : ['(absent)'])].join(' '),
  );
  report({ prompts: prompted, timings }, parts);
}

/** Writes what the formats ask for; the paths per prompt, the overlay among all of them. */
async function writeResults(
  image: RawImage,
  result: Segmentation,
  stem: string,
  { format, output, threshold }: SegmentOptions,
): Promise<Partial<Record<Format, string>>[]> {
  const encode = await import('../encode-image.js');
  const { writeFile } = await import('@clipseg/convert');
  const { toRgb } = await import('@clipseg/core');
  const unique = createNames();
  const write = async (name: string, bytes: Uint8Array): Promise<string> => {
    const path = join(output, name);
    await writeFile(path, [bytes]);
    return path;
  };
  const files: Partial<Record<Format, string>>[] = [];
  for (const [i, segment] of result.segments.entries()) {
    const base = `${stem}.${unique(slug(segment.prompt, `prompt-${i + 1}`))}`;
    const own: Partial<Record<Format, string>> = {};
    if (format.includes('mask')) {
      const png = await encode.encodeMask(segment.mask({ threshold }), result);
      own.mask = await write(`${base}.mask.png`, png);
    }
    if (format.includes('probabilities')) {
      const png = await encode.encodeProbabilities(segment.probabilities(), result);
      own.probabilities = await write(`${base}.probabilities.png`, png);
    }
    if (format.includes('npy')) {
      own.npy = await write(`${base}.npy`, encode.encodeNpy(segment.logits, result.size));
    }
    files.push(own);
  }
  if (format.includes('overlay')) {
    const png = await encode.encodeOverlay(toRgb(image), result.segments, { threshold });
    const overlay = await write(`${stem}.overlay.png`, png);
    for (const own of files) own.overlay = overlay;
  }
  return files;
}
