import { fileURLToPath } from 'node:url';
import {
  calibrate,
  type Dataset,
  type Evaluation,
  evaluate,
  evaluationHtml,
  evaluationRows,
  evaluationTable,
  folderDataset,
} from '@clipseg/core/evaluation';
import { type ClipSeg, createClipSeg, datasetFolder, type ImageInput } from '@clipseg/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scenes = datasetFolder(fileURLToPath(new URL('../../../fixtures/scenes', import.meta.url)));
const options = { masking: 'crop=0.15+darken', supportSize: 128 } as const;
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
  const own = evaluation.examples.filter(({ kind }) => kind === 'label');
  expect(label!.count).toBe(own.length);
  expect(label!.iou).toBeCloseTo(own.reduce((sum, { iou }) => sum + iou, 0) / own.length, 12);
  expect(label!.iou).toBeGreaterThan(0.5);
  expect(label!.present).toBe(own.length);
  expect(absent!.present).toBe(0);
  expect(absent!.presence).toBeUndefined();
  expect(label!.presence!.auroc).toBeGreaterThan(0.8);
  expect(label!.best.iou).toBeGreaterThanOrEqual(label!.pixels.iou - 1e-9);
  expect(label!.original.fgiou.best).toBeGreaterThan(0.5);
  expect(label!.categories.reduce((sum, { count }) => sum + count, 0)).toBe(own.length);
});

it('is plain data, and reads as a table', () => {
  expect(JSON.parse(JSON.stringify(evaluation)).kinds[0].iou).toBe(evaluation.kinds[0]!.iou);
  const [titles = [], , , absent = []] = evaluationRows(evaluation);
  expect(titles.slice(0, 3)).toEqual(['prompts', 'n', 'IoU']);
  expect(absent.filter((cell) => cell !== '')).toHaveLength(3); // kind, count, empty
  const lines = evaluationTable(evaluation).split('\n');
  expect(lines).toHaveLength(2 + evaluation.kinds.length);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
});

it('makes a page that shows nothing as markup', () => {
  const scores = { ...evaluation.examples[0]!, label: '<script>"&' };
  const page = evaluationHtml(
    { ...evaluation, dataset: '<b>' },
    {
      pictures: { 'Worst <i>': [{ scores, url: 'data:image/png;base64,AA==' }] },
      caption: 'a < b',
    },
  );
  expect(page).toContain('&lt;b&gt;');
  expect(page).toContain('Worst &lt;i&gt;');
  expect(page).toContain('a &lt; b');
  expect(page).toContain('&lt;script&gt;&quot;&amp;');
  expect(page).toContain('src="data:image/png;base64,AA=="');
  expect(page).not.toMatch(/<script|<b>:|<i>/);
});

describe('calibrate', () => {
  it('gives thresholds, of categories with enough examples', () => {
    const all = calibrate(evaluation, { minExamples: 1 });
    const label = evaluation.kinds[0]!;
    expect(all.threshold).toBe(label.best.threshold);
    expect(Object.keys(all.thresholds)).toEqual(label.categories.map(({ category }) => category));
    expect(all.presence).toBe(label.presence!.threshold);
    expect(calibrate(evaluation).thresholds).toEqual({});
    expect(calibrate(evaluation, { kind: 'absent' }).presence).toBeUndefined();
  });
  it('names the kinds there are', () => {
    expect(() => calibrate(evaluation, { kind: 'text' })).toThrow(
      /no kind text, only label, group/,
    );
  });
});

describe('what is refused', () => {
  const dataset = (truth: {
    width: number;
    height: number;
    data: Uint8Array;
  }): Dataset<ImageInput> => ({
    name: 'own',
    async *pictures() {
      const image = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) } as const;
      const examples = [{ prompt: 'cat', label: 'cat', kind: 'text', truth: () => truth }];
      yield { name: 'a', image, examples };
    },
  });
  it('a truth of another size, no example, a signal', async () => {
    const size = 32;
    const odd = dataset({ width: 1, height: 4, data: new Uint8Array(4) });
    await expect(evaluate(clipSeg, odd, { resolution: size })).rejects.toThrow(
      /a has 2 x 2.*"cat" 1 x 4/,
    );
    const empty: Dataset = { name: 'none', async *pictures() {} };
    await expect(evaluate(clipSeg as ClipSeg<unknown>, empty)).rejects.toThrow(/none holds no/);
    const good = dataset({ width: 2, height: 2, data: new Uint8Array(4) });
    const signal = AbortSignal.abort();
    await expect(evaluate(clipSeg, good, { resolution: size, signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect((await evaluate(clipSeg, good, { resolution: size })).kinds[0]!.present).toBe(0);
  });
});
