import { describe, expect, it } from 'vitest';
import type { MaskDraft } from '../../contracts/post-processor.js';
import { scoreMap } from '../../maps/scores.js';
import { defineRefiner, defineThresholder } from '../define.js';
import {
  band,
  feather,
  guided,
  instances,
  largest,
  matte,
  morphology,
  refine,
  strokes,
  threshold,
} from '../index.js';

const size = { width: 8, height: 6 };
const values = Float32Array.from({ length: 48 }, (_, i) => {
  const [x, y] = [i % 8, Math.floor(i / 8)];
  return x >= 1 && x < 4 && y >= 1 && y < 4 ? 0.8 : x === 6 ? 0.55 : 0.1;
});
const scores = scoreMap(values, size, 'probability');
const fresh: MaskDraft = { label: 'cat', ...size, scores };
const half = Uint8Array.from(values, (value) => (value > 0.5 ? 1 : 0));
/** As earlier steps left it. */
const made: MaskDraft = {
  ...fresh,
  mask: half,
  threshold: 0.4,
  alpha: new Uint8Array(48),
  instances: [],
};
const image = { ...size, channels: 3, data: new Uint8Array(144) } as const;
const inside = ({ mask }: MaskDraft) => mask!.reduce((sum, value) => sum + value, 0);

describe('a step', () => {
  it.each([
    [morphology({ dilate: 1 })],
    [instances()],
    [largest()],
    [strokes({ all: [{ points: [[0.5, 5.5]], width: 1 }] })],
    [feather({ radius: 1 })],
    [matte({ radius: 2 })],
  ])('%o cuts at a half what was not cut, and keeps the threshold otherwise', (step) => {
    expect(step.apply(fresh, { image }).threshold).toBe(0.5);
    expect(step.apply(made, { image }).threshold).toBe(0.4);
    expect(step.apply(made, { image })).toMatchObject({ label: 'cat', ...size });
  });

  it.each([[threshold(0.6)], [morphology({ erode: 1 })], [strokes({ all: [] })]])(
    '%o leaves out what was made of the old mask',
    (step) => {
      const next = step.apply(made, { image });
      expect('alpha' in next).toBe(false);
      expect('instances' in next).toBe(false);
    },
  );

  it.each([[feather({ radius: 1 })], [matte({ radius: 2 })]])('%o keeps the instances', (step) => {
    expect(step.apply(made, { image })).toMatchObject({ mask: half, instances: [] });
  });
});

describe('threshold', () => {
  it('cuts where a method says', () => {
    const cut = threshold(0.6).apply(fresh, {});
    expect([cut.threshold, inside(cut)]).toEqual([0.6, 9]);
    expect(inside(threshold().apply(fresh, {}))).toBe(15);
  });

  it('with two levels keeps what is connected to what is sure', () => {
    const two = defineThresholder({ name: 'two', level: () => ({ low: 0.5, high: 0.7 }) });
    const cut = threshold(two).apply(fresh, {});
    expect([cut.threshold, inside(cut)]).toEqual([0.5, 9]);
    const same = defineThresholder({ name: 'same', level: () => ({ low: 0.5, high: 0.5 }) });
    expect(inside(threshold(same).apply(fresh, {}))).toBe(15);
  });

  it('tells the method what it may ask, and counts once', () => {
    let rows = 0;
    const counted = (y: number) => {
      rows++;
      return scores.row(y);
    };
    const counting = { ...scores, row: counted };
    const asking = defineThresholder({
      name: 'asking',
      level({ label, distribution }) {
        expect(label).toBe('cat');
        expect(distribution()).toBe(distribution());
        return 0.5;
      },
    });
    threshold(asking).apply({ ...fresh, scores: counting }, {});
    expect(rows).toBe(12); // to count and to cut
  });

  it.each([
    [7, /threshold of odd is 7/],
    [{ low: 0.5, high: 0.4 }, /higher threshold of odd is 0.4/],
    [null, /threshold of odd is null/],
  ])('refuses the level %j', (level, message) => {
    const odd = defineThresholder({ name: 'odd', level: () => level as never });
    expect(() => threshold(odd).apply(fresh, {})).toThrow(message);
  });

  it('says how to write a number that is text', () => {
    expect(() => threshold('0.4' as never)).toThrow(/write 0.4\./);
    for (const wrong of ['', 'otsu', '-1', null, {}]) {
      expect(() => threshold(wrong as never)).toThrow(/not a number or a thresholder\./);
    }
    expect(() => threshold(1.5)).toThrow(/threshold is 1.5/);
  });
});

describe('refine', () => {
  it('replaces the scores before they are cut', () => {
    const other = scoreMap(new Float32Array(48), size, 'logit');
    const replace = defineRefiner({
      name: 'replace',
      refine(given, picture) {
        expect(given).toBe(scores);
        expect(picture).toBe(image);
        return other;
      },
    });
    expect(refine(replace).apply(fresh, { image })).toEqual({ ...fresh, scores: other });
    expect(() => refine(replace).apply(made, { image })).toThrow(/threshold/);
    expect(() => refine(replace).apply(fresh, {})).toThrow(/needs the picture/);
    const small = {
      ...replace,
      refine: () => scoreMap(new Float32Array(1), { width: 1, height: 1 }, 'logit'),
    };
    expect(() => refine(small).apply(fresh, { image })).toThrow(/1 x 1/);
  });

  it('takes the options of the guided filter', () => {
    expect(refine({ radius: 3 }).options.refiner.options).toMatchObject({ radius: 3 });
    expect(refine().options.refiner.name).toBe('guided');
    expect(refine(guided({ guide: 'grey' })).options.refiner.options).toMatchObject({
      guide: 'grey',
    });
    expect(() => refine({ ...guided(), refine: 1 as never })).toThrow(/refine is 1/);
    for (const wrong of [{ radius: 0.5 }, { epsilon: 0 }, { guide: 'red' as never }]) {
      expect(() => guided(wrong)).toThrow(/guided: /);
    }
    expect(guided({ radius: 1, epsilon: 1e-8 }).options).toMatchObject({ radius: 1 });
  });

  it('has a radius of a thirtieth of the side by default', () => {
    const picture = (width: number, height: number) => ({
      width,
      height,
      channels: 1 as const,
      data: Uint8Array.from({ length: width * height }, (_, i) => ((i % width) * 37) % 251),
    });
    const refined = (width: number, height: number, options?: object) => {
      const map = scoreMap(
        Float32Array.from({ length: width * height }, (_, i) => (((i % width) * 7) % 11) - 5),
        { width, height },
        'logit',
      );
      const result = guided(options).refine(map, picture(width, height));
      return [...result.row(1)];
    };
    expect(refined(160, 90)).toEqual(refined(160, 90, { radius: 4 }));
    expect(refined(160, 90)).not.toEqual(refined(160, 90, { radius: 5 }));
    expect(refined(16, 9)).toEqual(refined(16, 9, { radius: 1 }));
    expect(() => guided().refine(scores, picture(9, 6))).toThrow(/8 x 6/);
  });
});

describe('band', () => {
  it('is soft between two probabilities, and cut half-way', () => {
    const { mask, alpha, threshold: at } = band({ min: 0.2, max: 1 }).apply(made, {});
    expect(at).toBeCloseTo(0.6, 12);
    expect(mask!.reduce((sum, value) => sum + value, 0)).toBe(9);
    expect([alpha![0], alpha![6], alpha![9]]).toEqual([0, 112, 191]);
    expect(band().options).toEqual({ min: 0.3, max: 0.7 });
    expect(() => band({ min: 0.7 })).toThrow(/min is 0.7/);
    expect(() => band({ min: -1 })).toThrow(/min is -1/);
    expect(() => band({ max: 2 })).toThrow(/max is 2/);
  });
});

describe('morphology', () => {
  it('does what is named, in its order', () => {
    const area = (options: object) => inside(morphology(options).apply(fresh, {}));
    expect(area({})).toBe(15);
    expect(area({ minArea: 7 })).toBe(9);
    expect(area({ erode: 1 })).toBe(1);
    expect(area({ dilate: 1 })).toBe(9 + 12 + 18);
    expect(area({ open: 1, minArea: 1 })).toBe(5);
    expect(area({ fillHoles: false })).toBe(15);
    // Eroding comes before dilating.
    expect(area({ dilate: 1, erode: 1 })).toBe(5);
    expect(() => morphology({ smooth: -1 })).toThrow(/smooth is -1/);
  });

  it('fills all holes, or those of an area', () => {
    const ring = Uint8Array.from(
      '#####...' + '#...#...' + '#####...' + '#.#.....' + '###.....' + '........',
      (c) => (c === '#' ? 1 : 0),
    );
    const area = (fillHoles: boolean | number) =>
      inside(morphology({ fillHoles }).apply({ ...fresh, mask: ring }, {}));
    expect([area(true), area(1), area(3), area(false), area(0)]).toEqual([21, 18, 21, 17, 17]);
  });
});

describe('instances and largest', () => {
  it('keep what is wanted', () => {
    const all = instances({ sort: 'position' }).apply(fresh, {});
    expect(all.instances!.map(({ area }) => area)).toEqual([6, 9]);
    expect(all.instances![1]!.score).toBeCloseTo(0.8, 6);
    expect(all.mask).toEqual(half);
    const one = largest().apply(made, {});
    expect([inside(one), one.instances!.length, 'alpha' in one]).toEqual([9, 1, false]);
    expect(inside(largest({ count: 2 }).apply(fresh, {}))).toBe(15);
    expect(() => largest({ count: 0 })).toThrow(/count is 0/);
    expect(() => instances({ top: 0 })).toThrow(/top is 0/);
  });
});

describe('strokes', () => {
  const dot = (x: number) => ({ points: [[x + 0.5, 5.5]], width: 1 }) as const;
  const row = (step: ReturnType<typeof strokes>, label: string) =>
    [...step.apply({ ...fresh, label }, {}).mask!.subarray(40)].join('');

  it('go to their label, or to all', () => {
    const step = strokes({ byLabel: { cat: [dot(0)] }, all: [dot(2)] });
    expect(row(step, 'cat')).toBe('10100010');
    expect(row(step, 'dog')).toBe('00100010');
    expect(row(step, 'toString')).toBe('00100010');
    expect(row(strokes({}), 'cat')).toBe('00000010');
  });

  it('of all come last', () => {
    const erase = { ...dot(0), erase: true };
    expect(row(strokes({ byLabel: { cat: [dot(0)] }, all: [erase] }), 'cat')).toBe('00000010');
    expect(row(strokes({ byLabel: { cat: [erase] }, all: [dot(0)] }), 'cat')).toBe('10000010');
  });

  it('are checked', () => {
    expect(() => strokes({ byLabel: { cat: [{ ...dot(0), width: 0 }] } })).toThrow(/Stroke 0/);
    expect(() => strokes({ all: 5 as never })).toThrow(/strokes/);
  });
});

describe('soft edges', () => {
  it('feather by a radius, and matte by the picture', () => {
    const soft = feather({ radius: 2 }).apply(fresh, {});
    expect(new Set(soft.alpha).size).toBeGreaterThan(4);
    expect(soft.mask).toEqual(half);
    expect(feather().options.radius).toBe(2);
    expect(() => feather({ radius: -1 })).toThrow(/radius is -1/);
    expect(matte({ radius: 2 }).apply(fresh, { image }).alpha).toHaveLength(48);
    expect(() => matte().apply(fresh, {})).toThrow(/needs the picture/);
    expect(() => matte({ radius: 0.5 })).toThrow(/radius is 0.5/);
    expect(() => matte({ epsilon: 0 })).toThrow(/epsilon is 0/);
  });
});
