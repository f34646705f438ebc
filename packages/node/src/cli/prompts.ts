import { readFile } from 'node:fs/promises';
import type { Prompt, TokenCount } from '@clipseg/core';
import type { Command } from 'commander';
import type { Context } from './main.js';
import { type ModelOptions, withModelOptions } from './model-options.js';
import { createProgress } from './progress.js';
import { type PromptOptions, readBank, readPrompts, withPromptOptions } from './prompt-options.js';
import { say, UsageError } from './report.js';

interface EncodeOptions extends ModelOptions, PromptOptions {
  readonly from?: string;
  readonly output: string;
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new UsageError(`${path} cannot be read: ${cause.message}`);
  });
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const tokensOf = (counts: readonly TokenCount[]): string[] =>
  counts.map(({ text, tokens, limit }) => `${text.slice(0, 60)}\t${tokens} of ${limit} tokens`);

/** The plain texts among the prompts: those whose length is known beforehand. */
const plainTexts = (prompts: readonly Prompt[]): string[] =>
  prompts.filter((prompt) => typeof prompt === 'string');

async function encode(options: EncodeOptions, { signal }: Context): Promise<void> {
  const listed = options.from === undefined ? [] : await linesOf(options.from);
  const texts = [...(options.prompt ?? []), ...listed];
  const prompts = await readPrompts({ ...options, prompt: texts }, signal);
  if (prompts.length === 0) throw new UsageError('no prompt was given; add -p "a cat" or --from.');
  const { createClipSeg } = await import('../create-clip-seg.js');
  const { writePromptBank } = await import('@clipseg/core');
  const { writeFile } = await import('@clipseg/convert');
  const progress = createProgress();
  const { onProgress } = progress;
  const preload = ['textEncoder'] as const;
  const clipSeg = await createClipSeg({ ...options, preload, signal, onProgress }).finally(
    progress.stop,
  );
  try {
    const plain = plainTexts(prompts);
    const counts = plain.length > 0 ? await clipSeg.countTokens(plain, { signal }) : [];
    for (const line of tokensOf(counts)) say(line);
    const encoded = await clipSeg.encodePrompts(prompts, { signal });
    const file = writePromptBank({ model: clipSeg.model.id, prompts: encoded });
    await writeFile(options.output, [file], { signal });
    process.stdout.write(`${options.output}\t${encoded.length} prompts, ${file.length} bytes\n`);
  } finally {
    await clipSeg.dispose();
  }
}

export function addPrompts(program: Command, context: Context): void {
  const prompts = program.command('prompts').description('prompt banks: encoded prompts as a file');
  const command = prompts
    .command('encode')
    .description('encode prompts, so that an app needs no text encoder')
    .option('--from <file>', 'a prompt a line; # begins a remark')
    .option('-o, --output <file>', 'what to write', 'prompts.safetensors');
  withModelOptions(withPromptOptions(command)).action((options: EncodeOptions) =>
    encode(options, context),
  );
  prompts
    .command('list')
    .description('what a prompt bank holds')
    .argument('<file>', 'made by clipseg prompts encode')
    .action(async (file: string) => {
      const bank = await readBank(file);
      process.stdout.write(`model\t${bank.model}\n`);
      for (const prompt of bank.prompts) {
        const kind = 'embedding' in prompt ? 'embedding' : 'composition';
        process.stdout.write(`${prompt.label}\t${kind}\n`);
      }
    });
}
