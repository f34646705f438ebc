import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ClipSegError, mix, type Prompt, parsePrompt, type Region, template } from '@clipseg/core';
import type {
  CompositionPrompt,
  ImagePrompt,
  Support,
  TemplatePrompt,
} from '@clipseg/core/prompts';
import { type PromptBank, readPromptBank } from '@clipseg/core/prompts';
import { imageMask } from '@clipseg/core/raster';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isSvgFile } from './image-files.js';
import { collect, numbersOf, parseShare } from './options.js';
import { UsageError } from './report.js';

/** Options that describe what to segment. */
export interface PromptOptions {
  readonly prompt?: readonly string[];
  readonly template?: TemplatePrompt['templates'];
  readonly ensemble?: TemplatePrompt['ensemble'];
  readonly cleaning?: 'huggingface' | 'openai';
  readonly support?: readonly string[];
  readonly supportMask?: readonly string[];
  readonly masking?: string;
  readonly mix?: number;
}

const SETS = ['plain', 'fixed', 'shuffle', 'shuffle+'];

/** Parses the name of a template set, or a custom template. */
function parseTemplate(value: string): TemplatePrompt['templates'] {
  if (SETS.includes(value)) return value;
  if (value.includes('{}')) return [value];
  throw new InvalidArgumentError(`Choose among ${SETS.join(', ')}, or write a template with {}.`);
}

/** Adds the options for templates and text cleaning. */
export function withTemplateOptions(command: Command): Command {
  return command
    .option('--template <set>', `${SETS.join(', ')}, or a template with {}`, parseTemplate)
    .addOption(
      new Option('--ensemble <method>', 'how several templates are combined').choices([
        'embedding',
        'logits',
        'maximum',
      ]),
    )
    .addOption(
      new Option('--cleaning <method>', 'how texts are cleaned before tokenization').choices([
        'huggingface',
        'openai',
      ]),
    );
}

/** Adds the options for supports: their masking, and their share in a mix. */
export function withMaskingOptions(command: Command): Command {
  return command
    .option('--masking <name>', 'masking of supports: paper, or e.g. crop=0.15+darken=0.1')
    .option('--mix <share>', 'mix each text with the supports, which get this share', parseShare);
}

export function withPromptOptions(command: Command): Command {
  command
    .option('-p, --prompt <text>', 'what to segment; repeatable', collect)
    .option('--support <image>', 'example image of it; several are averaged', collect)
    .option(
      '--support-mask <region>',
      'region of each support: mask file, x0,y0,x1,y1 or x,y,radius',
      collect,
    );
  return withMaskingOptions(withTemplateOptions(command));
}

/** Prompt parsed from a text in the composition language. */
type WrittenPrompt = string | CompositionPrompt | TemplatePrompt;

/** Parses a text in the composition language and applies the templates. */
export function textPrompt(
  text: string,
  { template: templates, ensemble }: Pick<PromptOptions, 'template' | 'ensemble'>,
): WrittenPrompt {
  const prompt = parsePrompt(text);
  if (templates === undefined && ensemble !== undefined) {
    throw new UsageError('--ensemble combines several templates; add --template shuffle.');
  }
  return templates === undefined ? prompt : template(prompt, { templates, ensemble });
}

async function regionOf(spec: string, signal: AbortSignal): Promise<Region> {
  const numbers = numbersOf(spec);
  if (numbers.every(Number.isFinite) || /^[\d.,\s+-]*$/.test(spec)) {
    const [a = 0, b = 0, c = 0, d = 0] = numbers;
    const given = numbers.every(Number.isFinite);
    if (given && numbers.length === 4) return { box: [a, b, c, d] };
    if (given && numbers.length === 3) return { point: [a, b], radius: c };
    throw new UsageError(`--support-mask ${spec}: give x0,y0,x1,y1, x,y,radius, or a mask file.`);
  }
  const { decodeImage } = await import('../image/decode-image.js');
  return { mask: imageMask(await decodeImage(spec, { signal, svg: isSvgFile(spec) })) };
}

async function supportsOf(options: PromptOptions, signal: AbortSignal): Promise<Support[]> {
  const { support: images = [], supportMask: regions = [], masking } = options;
  if (regions.length > images.length) {
    throw new UsageError(
      `${regions.length} --support-mask for ${images.length} --support; give at most one for each.`,
    );
  }
  return Promise.all(
    images.map(async (image, i) => {
      const spec = regions[i];
      return { image, masking, ...(spec && { region: await regionOf(spec, signal) }) };
    }),
  );
}

/** Mixes a text with the supports. A composition cannot be mixed; encoding it throws. */
function mixed(text: WrittenPrompt, shown: ImagePrompt, share: number): Prompt {
  const label = typeof text === 'string' ? text : 'text' in text ? text.text : undefined;
  return mix([text, shown], { weights: [1 - share, share], label });
}

/**
 * Builds the prompts: texts, then one image prompt of all supports; or each text mixed with it.
 * @throws UsageError for options that contradict each other; ClipSegError for invalid prompts
 */
export async function readPrompts(options: PromptOptions, signal: AbortSignal): Promise<Prompt[]> {
  const texts = (options.prompt ?? []).map((text) => textPrompt(text, options));
  const supports = await supportsOf(options, signal);
  const { mix: share, masking } = options;
  const [first] = supports;
  if (!first) {
    const needs = share !== undefined ? '--mix' : masking !== undefined ? '--masking' : undefined;
    if (needs) throw new UsageError(`${needs} needs --support.`);
    return texts;
  }
  const name = basename(String(first.image));
  const label = basename(name, extname(name));
  const shown: ImagePrompt = { supports, label };
  if (share === undefined) return [...texts, shown];
  if (texts.length === 0) throw new UsageError('--mix needs a text: add -p "a cat".');
  return texts.map((text) => mixed(text, shown, share));
}

export async function readBank(path: string): Promise<PromptBank> {
  const bytes = await readFile(path).catch((cause) => {
    if (cause.code === 'ENOENT') {
      throw new ClipSegError('not-found', `The prompt bank ${path} does not exist.`, { cause });
    }
    const message = `The prompt bank ${path} cannot be read: ${cause.message}.`;
    throw new ClipSegError('io', message, { cause });
  });
  try {
    return readPromptBank(bytes);
  } catch (cause) {
    if (!ClipSegError.isInstance(cause)) throw cause;
    throw new ClipSegError(cause.code, `The prompt bank ${path}: ${cause.message}`, { cause });
  }
}
