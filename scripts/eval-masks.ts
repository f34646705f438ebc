// How masks gain by post-processing, on fixtures/scenes:
//   npm run eval:masks [-- --check] [-- --write]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { folderDataset } from '@clipseg/core/evaluation';
import {
  type GuidedOptions,
  guided,
  type PostProcessor,
  postprocess,
  refine,
  threshold,
  upsample,
} from '@clipseg/core/masks';
import { boundaryF, confusion, maskScores } from '@clipseg/core/metrics';
import { createClipSeg, datasetFolder, decodeImage } from '@clipseg/node';

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, write: { type: 'boolean' }, tune: { type: 'boolean' } },
});
const kinds = ['label', 'group'];
const pipelines: Record<string, readonly PostProcessor[]> = {
  'upsample, threshold': [upsample(), threshold()],
  'upsample, refine, threshold': [upsample(), refine(), threshold()],
};
if (values.tune)
  for (const radius of [6, 12, 18])
    for (const epsilon of [3e-4, 1e-3, 3e-3])
      pipelines[`r ${radius} e ${epsilon}`] = [refine({ radius, epsilon }), threshold()];
if (values.tune) pipelines.grey = [refine({ guide: 'grey' }), threshold()];

/** Sums over the examples of a kind. */
interface Sums {
  count: number;
  iou: number;
  f2: number;
  f: number;
}
const sums: Record<string, Record<string, Sums>> = {};
const scenes = datasetFolder(fileURLToPath(new URL('../fixtures/scenes', import.meta.url)));
const clipSeg = await createClipSeg();
for await (const picture of folderDataset(scenes).pictures()) {
  const examples = picture.examples.filter(({ kind }) => kinds.includes(kind));
  const image = await decodeImage(picture.image);
  const result = await clipSeg.segment(
    image,
    examples.map(({ prompt }) => prompt),
  );
  for (const [name, steps] of Object.entries(pipelines)) {
    const { segments } = postprocess(result, steps, { image });
    for (const [i, { mask }] of segments.entries()) {
      const truth = await examples[i]!.truth();
      sums[name] ??= {};
      const own = (sums[name][examples[i]!.kind] ??= { count: 0, iou: 0, f2: 0, f: 0 });
      own.count++;
      own.iou += maskScores(confusion(mask, truth.data)).iou;
      own.f2 += boundaryF(mask, truth.data, truth, { tolerance: 2 });
      own.f += boundaryF(mask, truth.data, truth);
    }
  }
}
await clipSeg.dispose();
for (const [name, byKind] of Object.entries(sums))
  for (const [kind, s] of Object.entries(byKind))
    console.log(
      name.padEnd(30),
      kind,
      s.count,
      (s.iou / s.count).toFixed(3),
      (s.f2 / s.count).toFixed(3),
      (s.f / s.count).toFixed(3),
    );
