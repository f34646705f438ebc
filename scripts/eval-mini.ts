// Evaluates the embedded model on fixtures/scenes:
//   npm run eval:mini [-- --check] [-- --compare int8] [-- --templates] [-- --write]
//                     [-- --dtype int8] [-- --model FOLDER]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Dtype } from '@clipseg/core';
import {
  type Evaluation,
  evaluate,
  evaluationTable,
  folderDataset,
  type OperatingPoint,
  operatingPoint,
  type PromptOptions,
} from '@clipseg/core/evaluation';
import { createClipSeg } from '@clipseg/node';
import { datasetFolder } from '@clipseg/node/evaluation';
import { agreement, type Masks } from './agreement.js';
import { templatesTable } from './compare-templates.js';
import { replaceSection } from './replace-section.js';

// Values of packages/mini/README.md, measured with transformers and Pillow: mean IoU, or the share
// of empty masks.
const card = { label: 0.727, group: 0.538, image: 0.706, 'label of the same': 0.715, mix: 0.734 };
const cardEmpty = 0.792;
const tolerance = 0.01;
const wanted = { agreement: 0.99, auroc: 0.93, margin: 0.3 };
const DEFAULT_PRESENCE = 0.924;

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    compare: { type: 'string' },
    dtype: { type: 'string', default: 'fp32' },
    model: { type: 'string', default: 'mini' },
    templates: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const scenes = datasetFolder(fileURLToPath(new URL('../fixtures/scenes', import.meta.url)));
const lines: string[] = [];
const print = (line = ''): void => {
  lines.push(line);
  console.log(line);
};
const failures: string[] = [];
const demand = (ok: boolean, what: string): void => void (ok || failures.push(what));

/** Supports as in the model card: cropped with 15 % context, background at 10 %, 128 x 128. */
const support: PromptOptions = { masking: 'crop=0.15+darken=0.1', supportResolution: 128 };

async function run(dtype: string): Promise<{ evaluation: Evaluation; masks: Masks }> {
  const clipSeg = await createClipSeg({ model: options.model, dtype: dtype as Dtype });
  const masks: Masks = new Map();
  try {
    const evaluation = await evaluate(clipSeg, folderDataset(scenes, support), {
      onExample: ({ scores: { picture, kind, label }, mask }) =>
        void masks.set(`${picture}/${kind}/${label}`, mask),
    });
    return { evaluation, masks };
  } finally {
    await clipSeg.dispose();
  }
}

const { evaluation, masks } = await run(options.dtype);
const kindOf = (kind: string) => evaluation.kinds.find((one) => one.kind === kind)!;
print(`${evaluation.pictures} scenes, ${evaluation.examples.length} prompts, ${options.dtype}:`);
print();
print(evaluationTable(evaluation));

for (const [kind, expected] of Object.entries(card)) {
  const { iou } = kindOf(kind);
  demand(Math.abs(iou - expected) <= tolerance, `${kind}: IoU ${iou}, card ${expected}`);
}
const { empty } = kindOf('absent');
demand(Math.abs(empty - cardEmpty) <= tolerance, `absent: ${empty} left empty, card ${cardEmpty}`);
const [image, mix] = [kindOf('image').iou, kindOf('mix').iou];
demand(image >= kindOf('image of another').iou + wanted.margin, 'image of another object');
demand(
  mix >= Math.max(image, kindOf('label of the same').iou) - 0.01,
  'mix is worse than its better part',
);

const scoresOf = (kind: string) =>
  evaluation.examples.filter((one) => one.kind === kind).map(({ presence }) => presence);
const rate = (value: number) => `${(100 * value).toFixed(1)} %`;
const errors = ({ threshold, missed, imagined }: OperatingPoint) =>
  `above ${threshold.toFixed(3)}: ${rate(missed)} false negatives, ${rate(imagined)} false positives`;
const presence = kindOf('label').presence!;
demand(presence.auroc >= wanted.auroc, `presence: AUROC ${presence.auroc}`);
const standard = operatingPoint(scoresOf('label'), scoresOf('absent'), DEFAULT_PRESENCE);
print();
print(`Presence of labels and absence of absent prompts: AUROC ${presence.auroc.toFixed(3)};`);
print(`default threshold, ${errors(standard)};`);
print(`fewest errors in total, ${errors(presence)}.`);

if (options.templates) {
  const clipSeg = await createClipSeg({ model: options.model, dtype: options.dtype as Dtype });
  print();
  print('Templates compared with the plain text, mean IoU:');
  print();
  print(await templatesTable(clipSeg, scenes).finally(() => clipSeg.dispose()));
}

if (options.compare) {
  const other = await run(options.compare);
  const isText = (key: string) => /\/(label|group|absent)\//.test(key);
  const texts: Masks = new Map([...masks].filter(([key]) => isText(key)));
  const { perPrompt, pooled, pixels } = agreement(texts, other.masks);
  demand(perPrompt >= wanted.agreement, `${options.compare} agrees to ${perPrompt} by prompt`);
  demand(pooled >= wanted.agreement, `${options.compare} agrees to ${pooled} of all pixels`);
  print();
  print(
    `Masks of texts, ${options.compare} compared with ${options.dtype}: mean IoU ${perPrompt.toFixed(3)},`,
  );
  print(
    `IoU of all pixels ${pooled.toFixed(3)}; ${(100 * pixels).toFixed(2)} % of the pixels agree.`,
  );
  print();
  print(evaluationTable(other.evaluation));
}

if (options.write) await replaceSection('docs/evaluation.md', 'eval:mini', lines.join('\n'));
for (const failure of failures) console.error(`failed: ${failure}`);
if (options.check && failures.length > 0) process.exitCode = 1;
