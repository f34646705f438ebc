import { writeFile } from '@clipseg/convert';
import type { Resolution } from '@clipseg/core';
import type { Dataset, FewShotOptions } from '@clipseg/core/evaluation';
import type { TemplatePrompt } from '@clipseg/core/prompts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ImageInput } from '../../image/decode-image.js';
import type { Context } from '../context.js';
import { createGallery, GALLERY_CAPTION } from '../gallery.js';
import { loadingOptions, type ModelOptions, withModelOptions } from '../model-options.js';
import { parseCount, parseIndex, parsePath, parseResolution, parseShare } from '../options.js';
import { jsonLine, printableText } from '../print.js';
import { createImageBar, createProgress } from '../progress.js';
import { withMaskingOptions, withTemplateOptions } from '../prompt-options.js';
import { say, UsageError } from '../report.js';

const layouts = ['folder', 'coco', 'coco-20i', 'pascal-5i', 'phrasecut'] as const;
const kinds = ['text', 'image', 'mix'] as const;

interface EvalOptions extends ModelOptions {
  readonly layout: (typeof layouts)[number];
  readonly fold?: number;
  readonly split?: string;
  readonly prompts?: FewShotOptions['prompts'];
  readonly shots?: number;
  readonly seed?: number;
  readonly template?: TemplatePrompt['templates'];
  readonly ensemble?: TemplatePrompt['ensemble'];
  readonly masking?: string;
  readonly mix?: number;
  readonly supportResolution?: Resolution;
  readonly resolution?: Resolution;
  readonly threshold: number;
  readonly limit?: number;
  readonly worst: number;
  readonly report?: string;
  readonly calibrate?: string;
  readonly json?: boolean;
}

function parseKinds(value: string): (typeof kinds)[number][] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(kinds as readonly string[]).includes(name));
  if (unknown === undefined) return names as (typeof kinds)[number][];
  throw new InvalidArgumentError(`${unknown} is not one of ${kinds.join(', ')}.`);
}

export function addEval(program: Command, context: Context): void {
  const command = program
    .command('eval')
    .description('score a model on a dataset')
    .argument('<dataset>', 'folder of the dataset')
    .addOption(new Option('--layout <name>', 'layout of the folder').choices(layouts))
    .option('--fold <n>', 'fold of pascal-5i or coco-20i, 0 to 3', parseIndex)
    .option('--split <name>', 'split of phrasecut: test, val, train or miniv')
    .option('--prompts <list>', 'for coco, coco-20i, pascal-5i: text, image, mix', parseKinds)
    .option('--shots <k>', 'number of supports per image prompt', parseCount)
    .option('--seed <n>', 'seed for choosing supports', parseIndex)
    .option('--support-resolution <resolution>', 'model resolution for supports', parseResolution)
    .option('--resolution <resolution>', 'model resolution', parseResolution)
    .option('--threshold <t>', 'probability above which a pixel is inside', parseShare, 0.5)
    .option('--limit <n>', 'maximum number of images', parseCount)
    .option('--report <file>', 'write an HTML report with scores and images', parsePath)
    .option('--worst <n>', 'number of worst images per prompt kind in the report', parseIndex, 12)
    .option('--calibrate <file>', 'write the best thresholds as JSON', parsePath)
    .option('--json', 'print all scores as JSON');
  command.setOptionValue('layout', 'folder');
  withModelOptions(withMaskingOptions(withTemplateOptions(command))).action(
    (folder: string, options: EvalOptions) => run(folder, options, context),
  );
}

async function openDataset(folder: string, options: EvalOptions): Promise<Dataset<ImageInput>> {
  const { datasetFolder } = await import('../../dataset-folder.js');
  const evaluation = await import('@clipseg/core/evaluation');
  const files = datasetFolder(folder);
  const { layout, template: templates, ...rest } = options;
  const datasetOptions = { ...rest, templates };
  const fold = options.fold ?? Number.NaN;
  if (/5i|20i/.test(layout) && options.fold === undefined) {
    throw new UsageError(`--layout ${layout} needs --fold, from 0 to 3.`);
  }
  switch (layout) {
    case 'folder':
      return evaluation.folderDataset(files, datasetOptions);
    case 'coco':
      return evaluation.cocoDataset(files, datasetOptions);
    case 'coco-20i':
      return evaluation.coco20i(files, { ...datasetOptions, fold });
    case 'pascal-5i':
      return evaluation.pascal5i(files, { ...datasetOptions, fold });
    case 'phrasecut':
      return evaluation.phraseCut(files, { ...datasetOptions, split: options.split as 'test' });
  }
}

async function run(folder: string, options: EvalOptions, { signal }: Context): Promise<void> {
  const dataset = await openDataset(folder, options);
  const { calibrate, evaluate, evaluationHtml, evaluationTable } = await import(
    '@clipseg/core/evaluation'
  );
  const { createClipSeg } = await import('../../create-clip-seg.js');
  const progress = createProgress();
  const { onProgress } = progress;
  const loading = { ...loadingOptions(options), signal, onProgress };
  const clipSeg = await createClipSeg(loading).finally(progress.stop);
  const gallery = createGallery(options.report === undefined ? 0 : options.worst);
  const { threshold, resolution: size, limit } = options;
  const bar = createImageBar(limit);
  try {
    const evaluation = await evaluate(clipSeg, dataset, {
      threshold,
      resolution: size,
      limit,
      signal,
      onExample: gallery.add,
      onPicture: (name) => bar.step(name),
    });
    if (options.report !== undefined) {
      const pictures = await gallery.pictures();
      const page = evaluationHtml(evaluation, { pictures, caption: GALLERY_CAPTION });
      await writeFile(options.report, [Buffer.from(page)], { signal });
      say(`the report is ${options.report}`);
    }
    if (options.calibrate !== undefined) {
      const json = `${JSON.stringify(calibrate(evaluation), undefined, 2)}\n`;
      await writeFile(options.calibrate, [Buffer.from(json)], { signal });
      say(`the thresholds are in ${options.calibrate}`);
    }
    process.stdout.write(
      options.json ? jsonLine(evaluation) : `${printableText(evaluationTable(evaluation))}\n`,
    );
  } finally {
    bar.stop();
    await clipSeg.dispose();
  }
}
