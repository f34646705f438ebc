import { join } from 'node:path';
import type { Dtype } from '@clipseg/core';
import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.js';
import { numbersOf, parseDtypes, parsePath } from '../options.js';
import { print } from '../print.js';
import { createProgress } from '../progress.js';
import { say, UsageError } from '../report.js';

interface ConvertCommandOptions {
  readonly dtype: Dtype[];
  readonly layout: string;
  readonly decoder?: string;
  readonly extractLayers?: number[];
  readonly operators: string;
}

function parseLayers(value: string): number[] {
  const layers = numbersOf(value);
  if (layers.every((layer) => Number.isInteger(layer) && layer >= 0)) return layers;
  throw new InvalidArgumentError('Give block numbers such as 3,6,9.');
}

export function addConvert(program: Command, { signal }: Context): void {
  program
    .command('convert')
    .description('convert a checkpoint (safetensors, .bin, .pth) to ONNX graphs')
    .argument('<checkpoint>', 'Hugging Face model folder')
    .argument('<output>', 'folder to write')
    .option('--dtype <list>', 'comma-separated: fp32, fp16, int8', parseDtypes, ['fp32'] as Dtype[])
    .option(
      '--layout <layout>',
      'split (for this library) or single (for transformers.js)',
      'split',
    )
    .option(
      '--decoder <file>',
      'decoder of the original (.pth); the checkpoint is then a CLIP folder',
      parsePath,
    )
    .option('--extract-layers <list>', 'override extract_layers of config.json', parseLayers)
    .option('--operators <set>', 'fused (ONNX Runtime) or standard (ONNX only)', 'fused')
    .action(async (checkpoint: string, output: string, options: ConvertCommandOptions) => {
      const { dtype: dtypes, layout, operators, ...rest } = options;
      if (layout !== 'split' && layout !== 'single') {
        throw new UsageError(`--layout is ${layout}; choose split or single.`);
      }
      if (operators !== 'fused' && operators !== 'standard') {
        throw new UsageError(`--operators is ${operators}; choose fused or standard.`);
      }
      const { convert, convertSingle } = await import('@clipseg/convert');
      const { ortNode } = await import('../../native/ort-node.js');
      const progress = createProgress();
      const { onProgress } = progress;
      const backend = ortNode();
      const all = {
        ...rest,
        checkpoint,
        output,
        dtypes,
        operators,
        backend,
        signal,
        onProgress,
        onWarning: (message: string) => say(`note: ${message}`),
      } as const;
      const run = layout === 'split' ? convert(all) : convertSingle(all);
      const { files } = await run.finally(progress.stop);
      for (const [file, { size }] of Object.entries(files)) {
        print(`${join(output, file)}\t${(size / 1e6).toFixed(1)} MB`);
      }
    });
}
