// How good the embedded model is, on fixtures/scenes:
//   npm run eval:mini [-- --check] [-- --compare int8] [-- --dtype int8] [-- --model FOLDER] [-- --one-shot]
import { parseArgs } from 'node:util';
import type { Dtype } from '@clipseg/core';
import { createClipSeg } from '@clipseg/node';
import { oneShot } from './one-shot.js';
import {
  agreement,
  auroc,
  bestPoint,
  iou,
  operatingPoint,
  type PromptResult,
  quality,
  readScenes,
  segmentScenes,
} from './scenes.js';

// packages/mini/README.md, measured with transformers and Pillow.
const card = { label: 0.727, group: 0.538, absent: 0.792 };
const tolerance = 0.01;
const wantedAgreement = 0.99;
const names = {
  label: 'labels, mean IoU',
  group: 'group words, mean IoU',
  absent: 'absent prompts left empty',
};

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    compare: { type: 'string' },
    dtype: { type: 'string', default: 'fp32' },
    model: { type: 'string', default: 'mini' },
    'one-shot': { type: 'boolean', default: false },
    worst: { type: 'string', default: '0' },
  },
});
const scenes = await readScenes();
let failed = false;

async function evaluate(dtype: string): Promise<PromptResult[]> {
  const clipSeg = await createClipSeg({ model: options.model, dtype: dtype as Dtype });
  try {
    return await segmentScenes(clipSeg, scenes);
  } finally {
    await clipSeg.dispose();
  }
}

const results = await evaluate(options.dtype);
const measured = quality(results);
console.log(`${scenes.length} scenes, ${results.length} prompts, ${options.dtype}`);
for (const key of ['label', 'group', 'absent'] as const) {
  const off = Math.abs(measured[key] - card[key]) > tolerance;
  failed ||= off;
  const verdict = off ? `  not within ${tolerance}` : '';
  const [got, expected] = [measured[key].toFixed(3), card[key].toFixed(3)];
  console.log(`${names[key].padEnd(26)} ${got}   card ${expected}${verdict}`);
}

const scoresOf = (kind: string) =>
  results.filter((result) => result.kind === kind).map((result) => result.presence);
const [there, absent] = [scoresOf('label'), scoresOf('absent')];
const area = auroc(there, absent);
failed ||= area < 0.93;
const rate = (value: number) => `${(100 * value).toFixed(1)} %`;
console.log(`\npresence, labels against absent prompts: AUROC ${area.toFixed(3)}`);
for (const point of [bestPoint(there, absent), operatingPoint(there, absent, 2.5)]) {
  const { threshold, missed, imagined } = point;
  const rates = `${rate(missed)} missed, ${rate(imagined)} imagined`;
  console.log(`  score above ${threshold.toFixed(2).padStart(5)}: ${rates}`);
}

if (options.compare) {
  const others = await evaluate(options.compare);
  const { perPrompt, pooled, pixels } = agreement(results, others);
  const other = quality(others);
  failed ||= perPrompt < wantedAgreement;
  console.log(`\n${options.compare} against ${options.dtype}, masks over all prompts`);
  console.log(`mean IoU                   ${perPrompt.toFixed(4)}   wanted ${wantedAgreement}`);
  console.log(`pooled IoU                 ${pooled.toFixed(4)}`);
  console.log(`pixels that agree          ${pixels.toFixed(5)}`);
  const figures = [other.label, other.group, other.absent].map((value) => value.toFixed(3));
  console.log(`labels, groups, absent     ${figures.join(', ')}`);
  const pairs = results.map((r, i) => ({ r, iou: iou(r.mask, (others[i] as PromptResult).mask) }));
  pairs.sort((a, b) => a.iou - b.iou);
  for (const pair of pairs.slice(0, Number(options.worst))) {
    const { image, kind, text, mask } = pair.r;
    const area = mask.reduce((sum, inside) => sum + inside, 0);
    console.log(`${pair.iou.toFixed(3)}  ${image}  ${kind.padEnd(6)}  ${text}  (${area} pixels)`);
  }
}
if (options['one-shot']) {
  const clipSeg = await createClipSeg({ model: options.model, dtype: options.dtype as Dtype });
  const { count, image, wrong, label, mix } = await oneShot(clipSeg, scenes);
  await clipSeg.dispose();
  // An object shown must beat another one clearly, and both kinds of prompt together the better.
  failed ||= image < wrong + 0.3 || mix < Math.max(image, label) - 0.01;
  console.log(`\none-shot: ${count} labels that another scene shows too`);
  console.log(`support of the same object ${image.toFixed(3)}`);
  console.log(`support of another object  ${wrong.toFixed(3)}`);
  console.log(`label                      ${label.toFixed(3)}`);
  console.log(`label and support mixed    ${mix.toFixed(3)}`);
}
if (options.check && failed) process.exitCode = 1;
