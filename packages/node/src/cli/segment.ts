import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClipSeg,
  ClipSegError,
  type Prompt,
  parsePrompt,
  type RawImage,
  type Segmentation,
  type Size,
} from '@clipseg/core';
import type { Command } from 'commander';
import type { ImageInput } from '../decode-image.js';
import { createNames, type Input, listInputs, slug, stemOf } from './inputs.js';
import type { Context } from './main.js';
import { type ModelOptions, withModelOptions } from './model-options.js';
import { collect, type Format, parseFormats, parseSize, parseThreshold } from './options.js';
import { createImageBar, createProgress } from './progress.js';
import { reportError, say, UsageError } from './report.js';

interface SegmentOptions extends ModelOptions {
  readonly prompt?: readonly string[];
  readonly negative?: readonly string[];
  readonly output: string;
  readonly size?: Size;
  readonly threshold: number;
  readonly format: readonly Format[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addSegment(program: Command, context: Context): void {
  const command = program
    .command('segment')
    .description('write masks of what the prompts name')
    .argument('<images...>', 'files, folders, globs, URLs, or - for standard input')
    .option('-p, --prompt <text>', 'what to segment; may be given several times', collect)
    .option('--negative <text>', 'what no mask shall hold; may be given several times', collect)
    .option('-o, --output <folder>', 'where the results go', 'out')
    .option('--size <size>', 'model resolution: a side, or HEIGHTxWIDTH', parseSize)
    .option('--threshold <t>', 'probability above which a pixel is in', parseThreshold, 0.5)
    .option('--format <list>', 'mask, overlay, probabilities, npy', parseFormats, [
      'mask',
      'overlay',
    ] as Format[])
    .option('--json', 'one line of JSON per image on stdout')
    .option('-q, --quiet', 'no remarks');
  withModelOptions(command).action((images: string[], options: SegmentOptions) =>
    segmentAll(images, options, context),
  );
}

const SCOPE =
  'clipseg: using the embedded model, which knows pictures made of emoji-like objects only. ' +
  'For photographs: -m CIDAS/clipseg-rd64-refined';

async function segmentAll(
  images: readonly string[],
  options: SegmentOptions,
  { signal, debug }: Context,
): Promise<void> {
  const { prompt: prompts = [] } = options;
  if (prompts.length === 0) throw new UsageError('no prompt was given; add -p "a cat".');
  const inputs = await listInputs(images);
  if (options.model === 'mini' && !options.quiet && !options.json) say(SCOPE);
  const { createClipSeg } = await import('../create-clip-seg.js');
  const progress = createProgress();
  const { onProgress } = progress;
  const clipSeg = await createClipSeg({ ...options, signal, onProgress }).finally(progress.stop);
  const names = createNames();
  const bar = createImageBar(inputs.length);
  try {
    await mkdir(options.output, { recursive: true }).catch((cause) => {
      const message = `The folder ${options.output} cannot be made: ${cause.message}`;
      throw new ClipSegError('io', message, { cause });
    });
    const parsed = prompts.map(parsePrompt);
    await clipSeg.encodePrompts(parsed, { signal }); // a bad prompt fails once, not per image
    for (const input of inputs) {
      try {
        await segmentOne(clipSeg, input, names(stemOf(input)), parsed, options, signal);
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
  const negative = options.negative?.map(parsePrompt);
  const result = await clipSeg.segment(image, prompts, { size, negative, signal });
  const labels = result.segments.map(({ prompt }) => prompt);
  const files = await writeResults(image, result, stem, options);
  const { threshold } = options;
  const { maskArea } = await import('@clipseg/core');
  const areas = result.segments.map((segment) => maskArea(segment.mask({ threshold })));
  if (!options.json) {
    const parts = labels.map((prompt, i) => {
      const share = (100 * (areas[i] ?? 0)) / (result.width * result.height);
      return `${prompt} ${share.toFixed(1)} %`;
    });
    say(`${input.name}: ${parts.join(', ')} -> ${join(options.output, stem)}.*`);
    return;
  }
  const line = {
    image: input.name,
    width: result.width,
    height: result.height,
    model: clipSeg.model.name,
    dtype: clipSeg.model.dtype,
    size: result.size,
    prompts: labels.map((prompt, i) => ({ prompt, area: areas[i], files: files[i] })),
    timings: result.timings,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
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
