import { resolve } from 'node:path';
import type { Prompt } from '@clipseg/core';
import type { TokenCount } from '@clipseg/core/model';
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { hint } from '../hints.js';
import { isSvgFile } from '../image-files.js';
import { loadingOptions, type ModelOptions, withModelOptions } from '../model-options.js';
import { readLines } from '../name-list.js';
import { parsePath } from '../options.js';
import { print } from '../print.js';
import { createProgress } from '../progress.js';
import { type PromptOptions, readBank, readPrompts, withPromptOptions } from '../prompt-options.js';
import { say, UsageError } from '../report.js';

interface EncodeOptions extends ModelOptions, PromptOptions {
  readonly from?: string;
  readonly output: string;
  readonly quiet?: boolean;
}

async function listedPrompts(file: string, signal: AbortSignal): Promise<string[]> {
  const lines = await readLines(file, signal);
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

const tokensOf = (counts: readonly TokenCount[]): string[] =>
  counts.map(({ text, tokens, limit }) => `${text.slice(0, 60)}\t${tokens} of ${limit} tokens`);

/** Plain texts among the prompts; only their tokens can be counted in advance. */
const plainTexts = (prompts: readonly Prompt[]): string[] =>
  prompts.filter((prompt) => typeof prompt === 'string');

async function encode(options: EncodeOptions, { signal }: Context): Promise<void> {
  if (options.from !== undefined && resolve(options.from) === resolve(options.output)) {
    throw new UsageError(
      `--output ${options.output} would overwrite the list of --from; choose another name.`,
    );
  }
  const listed = options.from === undefined ? [] : await listedPrompts(options.from, signal);
  const texts = [...(options.prompt ?? []), ...listed];
  const prompts = await readPrompts({ ...options, prompt: texts }, signal);
  if (prompts.length === 0) throw new UsageError('no prompt given; add -p "a cat" or --from.');
  if (!options.quiet) hint(texts, prompts, options);
  const { createClipSeg } = await import('../../create-clip-seg.js');
  const { writePromptBank } = await import('@clipseg/core/prompts');
  const { writeFile } = await import('@clipseg/convert');
  const progress = createProgress();
  const { onProgress } = progress;
  const preload = ['textEncoder'] as const;
  const svg = options.support?.some(isSvgFile);
  // Without the self-check, which would load the graphs of images.
  const extras = { preload, selfCheck: false, svg, signal, onProgress };
  const loading = createClipSeg({ ...loadingOptions(options), ...extras });
  const clipSeg = await loading.finally(progress.stop);
  try {
    const plain = plainTexts(prompts);
    const counts = plain.length > 0 ? await clipSeg.countTokens(plain, { signal }) : [];
    for (const line of options.quiet ? [] : tokensOf(counts)) say(line);
    const encoded = await clipSeg.encodePrompts(prompts, { signal });
    const file = writePromptBank({ model: clipSeg.model.id, prompts: encoded });
    await writeFile(options.output, [file], { signal });
    print(`${options.output}\t${encoded.length} prompts, ${file.length} bytes`);
  } finally {
    await clipSeg.dispose();
  }
}

export function addPrompts(program: Command, context: Context): void {
  const prompts = program
    .command('prompts')
    .description('encode and list prompt banks (files of encoded prompts)');
  const command = prompts
    .command('encode')
    .description('encode prompts to a file, so that an app needs no text encoder')
    .option(
      '--from <file>',
      'list of prompts, one per line; # starts a comment; - reads stdin',
      parsePath,
    )
    .option('-o, --output <file>', 'file to write', parsePath, 'prompts.safetensors')
    .option('-q, --quiet', 'print no hints');
  withModelOptions(withPromptOptions(command)).action((options: EncodeOptions) =>
    encode(options, context),
  );
  prompts
    .command('list')
    .description('list the prompts of a bank')
    .argument('<file>', 'written by clipseg prompts encode')
    .action(async (file: string) => {
      const bank = await readBank(file);
      print(`model\t${bank.model}`);
      for (const prompt of bank.prompts) {
        const kind = 'embedding' in prompt ? 'embedding' : 'composition';
        print(`${prompt.label}\t${kind}`);
      }
    });
}
