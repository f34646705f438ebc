import {
  areaTarget,
  band,
  definePostProcessor,
  defineRefiner,
  defineThresholder,
  feather,
  fixed,
  guided,
  hysteresis,
  instances,
  largest,
  matte,
  morphology,
  otsu,
  type PostProcessor,
  percentile,
  perLabel,
  refine,
  relativeToMaximum,
  strokes,
  type Thresholder,
  threshold,
  thresholderFromJson,
  triangle,
} from '@clipseg/core/postprocess';
import {
  type ContractCase,
  testPostProcessor,
  testRefiner,
  testThresholder,
} from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

const run = (cases: readonly ContractCase[]) => {
  for (const { name, run: demand } of cases) it(name, demand);
};

describe('thresholders', () => {
  run(testThresholder({ make: fixed, options: { value: 0.4 } }));
  run(testThresholder({ make: perLabel, options: { thresholds: { sample: 0.3 } } }));
  run(testThresholder({ make: perLabel, options: { thresholds: {}, threshold: 0.3 } }));
  run(testThresholder({ make: otsu, options: {} }));
  run(testThresholder({ make: triangle, options: { least: 0.1 } }));
  run(testThresholder({ make: percentile, options: { percent: 90 } }));
  run(testThresholder({ make: areaTarget, options: { share: 0.2 } }));
  run(testThresholder({ make: areaTarget, options: { pixels: 7 } }));
  run(testThresholder({ make: relativeToMaximum, options: { share: 0.8 } }));
  run(testThresholder({ make: hysteresis, options: { low: 0.2, high: 0.7 } }));
});

describe('refiners', () => {
  run(testRefiner({ make: guided, options: {} }));
  run(testRefiner({ make: guided, options: { radius: 3, epsilon: 1e-5, guide: 'grey' } }));
});

describe('steps', () => {
  const made = ({ method = 0.5 }: { method?: number | Thresholder }) =>
    threshold(typeof method === 'number' ? method : thresholderFromJson(method));
  run(testPostProcessor({ make: made, options: { method: hysteresis() } }));
  run(testPostProcessor({ make: made, options: { method: 0.3 } }));
  run(testPostProcessor({ make: () => refine(), options: {}, beforeCut: true }));
  run(testPostProcessor({ make: band, options: { min: 0.2, max: 0.9 } }));
  const every = {
    close: 2,
    open: 1.5,
    fillHoles: true,
    minArea: 3,
    erode: 1,
    dilate: 2,
    smooth: 3,
  };
  run(testPostProcessor({ make: morphology, options: every }));
  run(testPostProcessor({ make: instances, options: { top: 2, split: 0.7, sort: 'score' } }));
  run(testPostProcessor({ make: largest, options: {} }));
  const line = { points: [[0, 0] as const, [9, 9] as const], width: 3 };
  run(testPostProcessor({ make: strokes, options: { all: [line, { ...line, erase: true }] } }));
  run(testPostProcessor({ make: feather, options: { radius: 2 } }));
  run(testPostProcessor({ make: matte, options: { radius: 3 } }));
});

describe('the contract suites find what is wrong', () => {
  const failing = async (cases: readonly ContractCase[]): Promise<string[]> => {
    const names: string[] = [];
    for (const { name, run: demand } of cases) await demand().catch(() => names.push(name));
    return names;
  };
  const step = (apply: PostProcessor['apply'], name = 'bad') =>
    definePostProcessor({ name, apply });

  it('in steps', async () => {
    const bad: PostProcessor[] = [
      step((draft) => ({ ...draft, mask: new Uint8Array(3) })),
      step((draft) => ({ ...draft, mask: new Uint8Array(draft.width * draft.height).fill(255) })),
      step((draft) => {
        draft.mask?.fill(1);
        return draft;
      }),
      step((draft) => ({ ...draft, threshold: Math.random() })),
      step((draft) => ({ ...draft, mask: new Uint8Array(draft.width * draft.height) })),
      step((draft) => draft, ''),
    ];
    for (const one of bad) {
      expect(await failing(testPostProcessor({ make: () => one, options: {} }))).not.toEqual([]);
    }
  });

  it('in thresholders and refiners', async () => {
    for (const level of [Number.NaN, 1.5, { low: 0.7, high: 0.2 }]) {
      const bad = defineThresholder({ name: 'bad', level: () => level });
      expect(await failing(testThresholder({ make: () => bad, options: {} }))).not.toEqual([]);
    }
    const nan = defineRefiner({ name: 'nan', refine: (scores) => scores });
    expect(await failing(testRefiner({ make: () => nan, options: {} }))).not.toEqual([]);
  });
});
