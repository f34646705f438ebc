import type { ClipSeg, RawImage } from '@clipseg/core';
import {
  calibrate,
  type Dataset,
  type DatasetFiles,
  type Evaluation,
  evaluate,
  evaluationHtml,
  evaluationRows,
  evaluationTable,
  folderDataset,
} from '@clipseg/core/evaluation';
import { encodeCocoRle } from '@clipseg/core/raster';
import { fakeClipSeg, fakeImage } from '@clipseg/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';

// Four images of two stripes each, whose masks the fake model finds exactly.

const [width, height] = [64, 64];
/** The mask of the left or of the right stripe. */
const half = (right: boolean) => {
  const mask = Uint8Array.from({ length: width * height }, (_, i) =>
    i % width >= width / 2 === right ? 1 : 0,
  );
  return encodeCocoRle(mask, { width, height });
};
const nothing = encodeCocoRle(new Uint8Array(width * height), { width, height });
/** The right object of an image is the left object of the next. */
const scenes = [
  ['cat', 'dog'],
  ['dog', 'tree'],
  ['tree', 'cow'],
  ['cow', 'cat'],
] as const;
const annotations = scenes.map(([left, right], i) => ({
  image: `${i}`,
  prompts: [
    { text: left, kind: 'label', rle: half(false) },
    { text: right, kind: 'label', rle: half(true) },
    { text: `${left} and ${right}`, kind: 'group', rle: half(false) },
    { text: 'whale', kind: 'absent', rle: nothing },
  ],
  image_prompts: [
    { support: `${(i + 1) % 4}`, support_rle: half(false), label: right, rle: half(true) },
  ],
}));

const imageOf = (path: string): RawImage => fakeImage(scenes[Number(path.split('/')[1])]!);
const files: DatasetFiles<RawImage> = {
  name: 'stripes',
  text: async () => JSON.stringify(annotations),
  list: async () => ['annotations.json'],
  image: imageOf,
  pixels: async (path) => imageOf(path),
};

let clipSeg: ClipSeg;
let evaluation: Evaluation;
const seen: string[] = [];
beforeAll(async () => {
  clipSeg = await fakeClipSeg();
  evaluation = await evaluate(clipSeg, folderDataset(files, { masking: 'token-mask' }), {
    onExample: ({ scores, mask, truth }) => {
      expect(mask.length).toBe(truth.width * truth.height);
      seen.push(`${scores.picture} ${scores.kind}`);
    },
  });
});

it('scores every kind of prompt', () => {
  const [label, group, absent, image, same, mix, wrong] = evaluation.kinds;
  expect(evaluation.kinds.map(({ kind, count }) => [kind, count])).toEqual([
    ['label', 8],
    ['group', 4],
    ['absent', 4],
    ['image', 4],
    ['label of the same', 4],
    ['mix', 4],
    ['image of another', 4],
  ]);
  expect(evaluation.pictures).toBe(4);
  expect(evaluation.examples.length).toBe(32);
  const names = evaluation.examples.map(({ picture, kind }) => `${picture} ${kind}`);
  expect(seen.toSorted()).toEqual(names.toSorted());
  for (const kind of [label, image, same, mix]) {
    expect(kind).toMatchObject({ iou: 1, pixels: { iou: 1 } });
  }
  expect(wrong).toMatchObject({ iou: 0 }); // finds another object, or nothing
  expect(group!.iou).toBe(0);
  expect(label!.present).toBe(8);
  expect(absent!.present).toBe(0);
  expect(absent!.presence).toBeUndefined();
  expect(label!.presence!.auroc).toBe(1);
  expect(label!.best.iou).toBe(1);
  expect(label!.original.fgiou.best).toBeCloseTo(1, 3);
  const categories = label!.categories.map(({ category, count }) => [category, count]);
  expect(Object.fromEntries(categories)).toEqual({ cat: 2, dog: 2, tree: 2, cow: 2 });
});

it('means over examples and over pixels differ where masks do', async () => {
  const dataset = folderDataset(files, { masking: 'token-mask' });
  const low = await evaluate(clipSeg, dataset, { threshold: 1e-4, limit: 2 });
  expect(low.pictures).toBe(2);
  const labels = low.examples.filter(({ kind }) => kind === 'label');
  const mean = labels.reduce((sum, { iou }) => sum + iou, 0) / labels.length;
  expect(low.kinds[0]!.iou).toBeCloseTo(mean, 12);
  expect(mean).toBeLessThan(1);
  expect(low.kinds[0]!.best.iou).toBeGreaterThan(low.kinds[0]!.pixels.iou);
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
  const dataset = (truth: { width: number; height: number; data: Uint8Array }): Dataset => ({
    name: 'own',
    async *pictures() {
      const image = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) } as const;
      const examples = [{ prompt: 'cat', label: 'cat', kind: 'text', truth: () => truth }];
      yield { name: 'a', image, examples };
    },
  });
  it('a truth of another size, no example, a signal', async () => {
    const resolution = 32;
    const other = dataset({ width: 1, height: 4, data: new Uint8Array(4) });
    await expect(evaluate(clipSeg, other, { resolution })).rejects.toThrow(
      /a has 2 x 2.*"cat" 1 x 4/,
    );
    const empty: Dataset = { name: 'none', async *pictures() {} };
    await expect(evaluate(clipSeg as ClipSeg<unknown>, empty)).rejects.toThrow(/none holds no/);
    const good = dataset({ width: 2, height: 2, data: new Uint8Array(4) });
    const signal = AbortSignal.abort();
    await expect(evaluate(clipSeg, good, { resolution, signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect((await evaluate(clipSeg, good, { resolution })).kinds[0]!.present).toBe(0);
  });
});
