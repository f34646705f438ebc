import { fileURLToPath } from 'node:url';
import { type Evaluation, evaluate, folderDataset } from '@clipseg/core/evaluation';
import { type ClipSeg, createClipSeg, type ImageInput } from '@clipseg/node';
import { datasetFolder } from '@clipseg/node/evaluation';
import { afterAll, beforeAll, expect, it } from 'vitest';

const scenes = datasetFolder(fileURLToPath(new URL('../../../fixtures/scenes', import.meta.url)));
const options = { masking: 'crop=0.15+darken', supportResolution: 128 } as const;
let clipSeg: ClipSeg<ImageInput>;
let evaluation: Evaluation;
const seen: string[] = [];
beforeAll(async () => {
  clipSeg = await createClipSeg();
  evaluation = await evaluate(clipSeg, folderDataset(scenes, options), {
    limit: 4,
    onExample: ({ scores, mask, truth }) => {
      expect(mask.length).toBe(truth.width * truth.height);
      seen.push(`${scores.picture} ${scores.kind}`);
    },
  });
});
afterAll(() => clipSeg.dispose());

it('scores every kind of prompt', () => {
  const kinds = evaluation.kinds.map(({ kind }) => kind);
  expect(kinds).toEqual([
    'label',
    'group',
    'absent',
    'image',
    'label of the same',
    'mix',
    'image of another',
  ]);
  const [label, , absent] = evaluation.kinds;
  expect(evaluation.pictures).toBe(4);
  expect(seen.length).toBe(evaluation.examples.length);
  const labels = evaluation.examples.filter(({ kind }) => kind === 'label');
  expect(label!.count).toBe(labels.length);
  expect(label!.iou).toBeCloseTo(labels.reduce((sum, { iou }) => sum + iou, 0) / labels.length, 12);
  expect(label!.iou).toBeGreaterThan(0.5);
  expect(label!.present).toBe(labels.length);
  expect(absent!.present).toBe(0);
  expect(absent!.presence).toBeUndefined();
  expect(label!.presence!.auroc).toBeGreaterThan(0.8);
  expect(label!.best.iou).toBeGreaterThanOrEqual(label!.pixels.iou - 1e-9);
  expect(label!.original.fgiou.best).toBeGreaterThan(0.5);
  expect(label!.categories.reduce((sum, { count }) => sum + count, 0)).toBe(labels.length);
});
