// Measures what post-processing and tiles gain, on fixtures/scenes:
//   npm run eval:masks [-- --check] [-- --write]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { EncodeImageOptions } from '@clipseg/core';
import { boundaryF, confusion, folderDataset, maskScores } from '@clipseg/core/evaluation';
import {
  guided,
  type PostProcessor,
  postprocess,
  refine,
  threshold,
} from '@clipseg/core/postprocess';
import { createClipSeg, decodeImage } from '@clipseg/node';
import { datasetFolder } from '@clipseg/node/evaluation';
import { mosaicOf, SCENES, type Scene } from './mosaic.js';
import { replaceSection } from './replace-section.js';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const folder = datasetFolder(fileURLToPath(new URL('../fixtures/scenes', import.meta.url)));
const scenes: Scene[] = [];
for await (const { image, examples } of folderDataset(folder).pictures()) {
  scenes.push({ image: await decodeImage(image), examples });
}
const clipSeg = await createClipSeg();

/** Sums for the mean of each table cell, by `row/column`. */
const sums = new Map<string, { count: number; total: number }>();
function add(key: string, value: number): void {
  const { count, total } = sums.get(key) ?? { count: 0, total: 0 };
  sums.set(key, { count: count + 1, total: total + value });
}
function meanOf(key: string): number {
  const { count, total } = sums.get(key)!;
  return total / count;
}
function table(head: readonly string[], rows: readonly string[]): string {
  const shown = (mean: number) => (Number.isInteger(mean) ? String(mean) : mean.toFixed(3));
  const cells = rows.map((row) => [
    row,
    ...head.slice(1).map((column) => shown(meanOf(`${row}/${column}`))),
  ]);
  return [head, head.map((_, i) => (i ? '---:' : '---')), ...cells]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

const pipelines: Readonly<Record<string, readonly PostProcessor[]>> = {
  threshold: [threshold(0.5)],
  'refine, threshold': [refine(), threshold(0.5)],
  'refine with a grey guide, threshold': [refine(guided({ guide: 'grey' })), threshold(0.5)],
};

async function edges({ image, examples }: Scene): Promise<void> {
  const wanted = examples.filter(({ kind }) => kind === 'label' || kind === 'group');
  const prompts = wanted.map(({ prompt }) => prompt);
  const result = await clipSeg.segment(image, prompts);
  for (const [name, steps] of Object.entries(pipelines)) {
    const { segments } = postprocess(result, steps, { image });
    for (const [i, { kind, ...example }] of wanted.entries()) {
      const mask = segments[i]!.mask();
      const truth = await example.truth();
      add(`${name}/${kind}s, IoU`, maskScores(confusion(mask, truth.data)).iou);
      const f = boundaryF(mask, truth.data, truth, { tolerance: 2 });
      add(`${name}/${kind}s, F at 2 pixels`, f);
    }
  }
}

const encodeOptions: Readonly<Record<string, EncodeImageOptions>> = {
  'no tiles': {},
  'tiles: auto': { tiles: 'auto' },
  'tiles of 448 pixels': { tiles: { size: 448 } },
};

async function tiles(part: readonly Scene[]): Promise<void> {
  const labels = part.map(({ image, examples }) => ({
    image,
    examples: examples.filter(({ kind }) => kind === 'label'),
  }));
  const { image, truths } = await mosaicOf(labels);
  for (const [name, options] of Object.entries(encodeOptions)) {
    const encoded = await clipSeg.encodeImage(image, options);
    add(`${name}/image passes`, 1 + (encoded.views?.length ?? 0));
    const { segments } = await clipSeg.segment(encoded, [...truths.keys()]);
    for (const { label, ...segment } of segments) {
      const truth = truths.get(label)!;
      add(`${name}/mean IoU`, maskScores(confusion(segment.mask(), truth)).iou);
    }
  }
}

for (const scene of scenes) await edges(scene);
for (let first = 0; first < scenes.length; first += SCENES) {
  await tiles(scenes.slice(first, first + SCENES));
}
await clipSeg.dispose();

const columns = ['labels', 'groups'].flatMap((kind) => [`${kind}, IoU`, `${kind}, F at 2 pixels`]);
const edgeTable = table(['pipeline', ...columns], Object.keys(pipelines));
const tileTable = table(['encoded', 'mean IoU', 'image passes'], Object.keys(encodeOptions));
console.log(`${edgeTable}\n\n${tileTable}`);
if (options.write) {
  await replaceSection('docs/masks.md', 'edges', edgeTable);
  await replaceSection('docs/masks.md', 'tiles', tileTable);
}
const [plain, refined] = Object.keys(pipelines) as [string, string];
const gained = (column: string) => meanOf(`${refined}/${column}`) - meanOf(`${plain}/${column}`);
const sharper = gained('labels, F at 2 pixels') > 0.1 && gained('labels, IoU') > 0.02;
const closer = meanOf('tiles: auto/mean IoU') > 1.5 * meanOf('no tiles/mean IoU');
if (options.check && !(sharper && closer)) {
  console.error('Refinement or tiles gain less than expected.');
  process.exitCode = 1;
}
