import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Composition } from '../contracts/composition.js';
import { upsampleBilinear } from '../maps/upsample.js';
import { combine } from './combine.js';
import { checkThreshold, createSegmentation, maskArea } from './segmentation.js';
import { scoresOf } from './segmentation-scores.js';

type Tree = Composition<number>;
const [WIDTH, HEIGHT] = [17, 13];
const MODEL = [4, 5] as const;
const maps = [0, 1, 2].map((k) =>
  Float32Array.from({ length: 20 }, (_, i) => (((i + 7 * k) * 7919) % 23) / 2 - 5.3),
);
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
const logit = (p: number) => Math.log(p / (1 - p));

/** What a composition means, from probabilities, pixel by pixel. */
function meant(tree: Tree, leaves: readonly (readonly number[])[], width: number): number[] {
  const adjusted = (values: readonly number[]): number[] => {
    const { threshold = 0.5, grow = 0 } = tree;
    const shifted = values.map((p) => sigmoid(logit(p) - logit(threshold)));
    if (grow === 0) return shifted;
    const pick = grow > 0 ? Math.max : Math.min;
    return shifted.map((_, i) => {
      const near = shifted.filter((__, j) => {
        const [dx, dy] = [(j % width) - (i % width), Math.floor(j / width) - Math.floor(i / width)];
        return dx * dx + dy * dy <= grow * grow;
      });
      return pick(...near);
    });
  };
  if (tree.op === 'prompt') return adjusted(leaves[tree.prompt]!);
  const terms = tree.terms.map((term) => meant(term, leaves, width));
  const weights = tree.terms.map(({ weight = 1 }) => weight);
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = (of: (p: number) => number, i: number) =>
    terms.reduce((sum, term, k) => sum + (weights[k]! / total) * of(term[i]!), 0);
  const value = {
    and: (i: number) => Math.min(...terms.map((term) => term[i]!)),
    or: (i: number) => Math.max(...terms.map((term) => term[i]!)),
    not: (i: number) => 1 - terms[0]![i]!,
    sum: (i: number) => mean((p) => p, i),
    mean: (i: number) => sigmoid(mean(logit, i)),
  }[tree.op];
  return adjusted(terms[0]!.map((_, i) => value(i)));
}

const options = fc.record(
  {
    threshold: fc.constantFrom(0.2, 0.5, 0.7),
    grow: fc.integer({ min: -2, max: 2 }),
    weight: fc.constantFrom(0.5, 2),
  },
  { requiredKeys: [] },
);
const { tree: trees } = fc.letrec<{ tree: Tree }>((tie) => {
  const some = (terms: { min: number; max: number }, ...ops: string[]) =>
    fc
      .tuple(
        fc.constantFrom(...ops),
        fc.array(tie('tree'), { minLength: terms.min, maxLength: terms.max }),
        options,
      )
      .map(([op, list, more]) => ({ op, terms: list, ...more }));
  const leaf = fc
    .tuple(fc.nat(2), options)
    .map(([prompt, more]) => ({ op: 'prompt', prompt, ...more }));
  return {
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      some({ min: 1, max: 3 }, 'and', 'or', 'sum', 'mean'),
      some({ min: 1, max: 1 }, 'not'),
    ) as fc.Arbitrary<Tree>,
  };
});

function segmentationOf(tree: Tree, crop?: readonly [number, number, number, number]) {
  return createSegmentation({
    width: WIDTH,
    height: HEIGHT,
    resolution: MODEL,
    maps,
    prompts: [{ label: 'it', compose: tree }],
    timings: {},
    ...(crop && { crop }),
  });
}
const crops = fc.constantFrom(undefined, [2, 3, 12, 11] as const);

describe('a segment', () => {
  it('has the probabilities, logits and masks that its composition means, also in a crop', () => {
    const check = (
      tree: Tree,
      crop: readonly [number, number, number, number] | undefined,
      at: number,
    ) => {
      const [x0, y0, x1, y1] = crop ?? [0, 0, WIDTH, HEIGHT];
      const [w, h] = [x1 - x0, y1 - y0];
      const leaves = maps.map((map) => [...upsampleBilinear(map, MODEL, [h, w])].map(sigmoid));
      const inner = meant(tree, leaves, w);
      const expected = Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
        const [x, y] = [(i % WIDTH) - x0, Math.floor(i / WIDTH) - y0];
        return x >= 0 && y >= 0 && x < w && y < h ? inner[y * w + x]! : 0;
      });
      const [fresh] = segmentationOf(tree, crop).segments;
      const mask = fresh!.mask({ threshold: at });
      const probabilities = fresh!.probabilities();
      const logits = fresh!.logitsAtSource();
      const again = fresh!.mask({ threshold: at });
      const scores = scoresOf(segmentationOf(tree, crop), 0);
      expect([scores.width, scores.height]).toEqual([WIDTH, HEIGHT]);
      for (const y of [HEIGHT - 1, 0, 5]) {
        for (const [x, value] of scores.row(y).entries()) {
          const p = scores.scale === 'logit' ? sigmoid(value) : value;
          expect(Math.abs(p - expected[y * WIDTH + x]!)).toBeLessThan(2e-5);
        }
      }
      for (const [i, p] of expected.entries()) {
        expect(Math.abs(probabilities[i]! - p)).toBeLessThan(2e-5);
        expect(Math.abs(sigmoid(logits[i]!) - p)).toBeLessThan(2e-5);
        if (Math.abs(p - at) < 2e-5) continue; // rounding decides
        expect(mask[i]).toBe(p > at ? 1 : 0);
        expect(again[i]).toBe(mask[i]);
      }
    };
    fc.assert(fc.property(trees, crops, fc.constantFrom(0.1, 0.5, 0.8), check), { numRuns: 60 });
  });

  it('has logits at the resolution of the model, where growing is by source pixels', () => {
    const [height, width] = [26, 34]; // about 6.5 times the model's
    const tree = { op: 'prompt', prompt: 0, grow: 7 } as const;
    const [segment] = createSegmentation({
      width,
      height,
      resolution: MODEL,
      maps,
      prompts: [{ label: 'it', compose: tree }],
      timings: {},
    }).segments;
    const grown = combine({ op: 'prompt', prompt: () => maps[0]!.slice(), grow: 1 }, MODEL);
    expect(segment!.logits).toEqual(grown.values);
    expect(segment!.logits).toBe(segment!.logits); // computed once
  });

  it('gives copies, and leaves the maps alone', () => {
    const before = maps.map((map) => map.slice());
    const tree = { op: 'not', terms: [{ op: 'prompt', prompt: 0 }] } as const;
    const [segment] = segmentationOf(tree).segments;
    for (const read of ['logitsAtSource', 'probabilities', 'mask'] as const) {
      const first = segment![read]();
      const kept = first.slice();
      first.fill(9);
      expect(segment![read]()).toEqual(kept);
    }
    expect([...segment!.logits]).toEqual([...maps[0]!].map((value) => -value));
    expect(maps).toEqual(before);
  });

  it('cuts strictly above 0, 0.5 and 1', () => {
    const [segment] = createSegmentation({
      width: 3,
      height: 1,
      resolution: [1, 3],
      maps: [Float32Array.of(-1, 0, 1)],
      prompts: [{ label: 'it', compose: { op: 'prompt', prompt: 0 } }],
      timings: {},
    }).segments;
    expect([...segment!.mask()]).toEqual([0, 0, 1]);
    expect([...segment!.mask({ threshold: 0 })]).toEqual([1, 1, 1]);
    expect([...segment!.mask({ threshold: 1 })]).toEqual([0, 0, 0]);
    expect(() => segment!.mask({ threshold: 1.1 })).toThrow(/threshold is 1.1/);
    expect(() => segment!.mask({ threshold: '0.5' as never })).toThrow(/threshold/);
  });

  it('that is the negation of another is inside wherever the other is not above', () => {
    const values = Float32Array.of(-2, -0.5, 0, 2 ** -149, 0.5, 2);
    const cut = (compose: Tree, threshold: number) =>
      createSegmentation({
        width: 6,
        height: 1,
        resolution: [1, 6],
        maps: [values],
        prompts: [{ label: 'it', compose }],
        timings: {},
      }).segments[0]!.mask({ threshold });
    const leaf = { op: 'prompt', prompt: 0 } as const;
    for (const limit of [...values, 0.3]) {
      const found = cut({ op: 'not', terms: [leaf] }, sigmoid(-limit));
      const exact = Math.log(sigmoid(-limit) / (1 - sigmoid(-limit)));
      expect([...found]).toEqual([...values].map((value) => (-value > exact ? 1 : 0)));
    }
    expect([...cut({ op: 'not', terms: [leaf] }, 0)]).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...cut({ op: 'not', terms: [leaf] }, 1)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('scoresOf', () => {
  it('refuses other segments', () => {
    const one = segmentationOf({ op: 'prompt', prompt: 0 });
    for (const index of [1, -1, 0.5, '0', undefined]) {
      expect(() => scoresOf(one, index as never)).toThrow(/no segment/);
    }
    expect(() => scoresOf({} as never, 0)).toThrow(/segmentation|size/i);
  });
});

describe('createSegmentation', () => {
  const data = {
    width: WIDTH,
    height: HEIGHT,
    resolution: MODEL,
    maps,
    prompts: [{ label: 'it', compose: { op: 'prompt', prompt: 0 } }],
    timings: { decode: 5 },
  } as const;

  it('has what it was given', () => {
    const made = createSegmentation(data);
    expect(made).toMatchObject({ width: WIDTH, height: HEIGHT, resolution: MODEL });
    expect(made.timings).toEqual({ decode: 5 });
    expect(made.data).toBe(data);
    expect(made.segments.map(({ label }) => label)).toEqual(['it']);
  });

  it.each([[3], [-1], ['0'], [undefined]])('refuses a prompt of map %j', (prompt) => {
    const prompts = [{ label: 'it', compose: { op: 'prompt', prompt } }];
    expect(() => createSegmentation({ ...data, prompts } as never)).toThrow(/"it".*map/);
  });

  it.each([
    [{ crop: [0, 0, WIDTH, HEIGHT] }],
    [{ crop: [WIDTH - 1, HEIGHT - 1, WIDTH, HEIGHT] }],
    [{ crop: undefined }],
  ])('takes %j', (more) => {
    expect(() => createSegmentation({ ...data, ...more } as never)).not.toThrow();
  });

  it.each([
    [{ crop: [0, 0, WIDTH + 1, HEIGHT] }],
    [{ crop: [0, 0, WIDTH, HEIGHT + 1] }],
    [{ crop: [-1, 0, WIDTH, HEIGHT] }],
    [{ crop: [0, -1, WIDTH, HEIGHT] }],
    [{ crop: [3, 0, 3, HEIGHT] }],
    [{ crop: [0, 3, WIDTH, 3] }],
    [{ crop: [0, 0, WIDTH] }],
    [{ crop: [0, 0, WIDTH, 1.5] }],
    [{ crop: 'all' }],
    [{ resolution: [4] }],
    [{ resolution: 4 }],
    [{ resolution: [4, 6] }],
    [{ resolution: [0, 5] }],
    [{ maps: 5 }],
    [{ maps: [[1]] }],
    [{ maps: [new Float32Array(19)] }],
    [{ prompts: 5 }],
    [{ prompts: [null] }],
    [{ prompts: [{ label: 5, compose: { op: 'prompt', prompt: 0 } }] }],
    [{ width: 0 }],
  ])('refuses %j', (more) => {
    expect(() => createSegmentation({ ...data, ...more } as never)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});

describe('small things', () => {
  it('a threshold is a probability', () => {
    expect([checkThreshold(0), checkThreshold(1)]).toEqual([0, 1]);
    expect(() => checkThreshold(2)).toThrow(/threshold is 2/);
  });

  it('the area of a mask is what is inside', () => {
    expect(maskArea(Uint8Array.of(0, 1, 1, 0, 1))).toBe(3);
    expect(() => maskArea('11' as never)).toThrow(/mask/);
  });
});
