import {
  and,
  createSegmentation,
  not,
  type RawImage,
  type Segmentation,
  term,
} from '@clipseg/core';
import {
  aboveProbability,
  areaTarget,
  band,
  definePostProcessor,
  defineRefiner,
  defineThresholder,
  draftMasks,
  feather,
  fixed,
  guided,
  hysteresis,
  instances,
  largest,
  matte,
  morphology,
  otsu,
  type Postprocessed,
  percentile,
  perLabel,
  pipelineFromJson,
  postprocess,
  refine,
  refinerTable,
  relativeToMaximum,
  scoresOf,
  stepTable,
  strokes,
  threshold,
  thresholderTable,
  triangle,
} from '@clipseg/core/postprocess';
import { brush, intersection, inversion, subtraction, union } from '@clipseg/core/raster';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAndSize } from '../../test/masks/arbitraries.js';
import { mapLeaves } from '../prompts/composition/tree.js';

const [W, H, S] = [60, 45, 16];
const disc = (cx: number, cy: number, r: number) =>
  Float32Array.from(
    { length: S * S },
    (_, i) => r - Math.hypot((i % S) - cx, Math.floor(i / S) - cy),
  );
const maps = [disc(5, 6, 4), disc(11, 10, 3), new Float32Array(S * S).fill(-9)];
const leaf = (prompt: number) => ({ op: 'prompt', prompt }) as const;
const prompts = [
  { label: 'cat', compose: leaf(0) },
  { label: 'dog', compose: leaf(1) },
  { label: 'nothing', compose: leaf(2) },
];

const segmentation = (more: object = {}): Segmentation =>
  createSegmentation({
    width: W,
    height: H,
    resolution: [S, S],
    maps,
    prompts,
    timings: {},
    ...more,
  });

const image: RawImage = {
  width: W,
  height: H,
  channels: 3,
  data: Uint8Array.from({ length: W * H * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % W, Math.floor(i / 3 / W)];
    return Math.hypot(x - 20, y - 18) < 13 ? 200 + (i % 3) * 10 : 60;
  }),
};
/** What can be compared and sent. */
const plain = ({ segments, ...size }: Postprocessed) => ({
  ...size,
  segments: segments.map((segment) => ({ ...segment, mask: segment.mask() })),
});
const areaOf = (mask: Uint8Array) => mask.reduce((sum, v) => sum + v, 0);

describe('postprocess', () => {
  it('cuts what was stretched to the source, as a segment does', () => {
    const own = segmentation();
    for (const at of [0.1, 0.5, 0.9]) {
      const { segments, width, height } = postprocess(own, [threshold(at)]);
      expect([width, height]).toEqual([W, H]);
      for (const [i, { label, threshold: cutAt, mask }] of segments.entries()) {
        expect(label).toBe(prompts[i]!.label);
        expect(mask()).toEqual(own.segments[i]!.mask({ threshold: at }));
        expect(cutAt).toBe(at);
      }
    }
    const half = own.segments.map((segment) => segment.mask());
    expect(postprocess(own).segments.map((segment) => segment.mask())).toEqual(half);
  });

  it('reads compositions row by row, as they are when whole', () => {
    const trees = [
      and('a', not('b')),
      and(term('a', { threshold: 0.7 }), 'b'),
      and(term('a', { grow: 3 }), not('b')),
      term('a', { threshold: 0.2 }),
    ].map(({ compose }, i) => ({
      label: `composed ${i}`,
      compose: mapLeaves(compose, (prompt) => (prompt === 'a' ? 0 : 1)),
    }));
    for (const region of [undefined, [3, 5, 40, 44] as const]) {
      const own = segmentation({ prompts: [...prompts, ...trees], region });
      for (const [i, segment] of own.segments.entries()) {
        expect(aboveProbability(scoresOf(own, i), 0.5)).toEqual(segment.mask());
        const scores = scoresOf(own, i);
        const logits = segment.logitsAtSource();
        for (const y of [0, 30, 7, H - 1]) {
          const row = logits.subarray(y * W, (y + 1) * W);
          for (const [x, value] of scores.row(y).entries()) expect(value).toBeCloseTo(row[x]!, 4);
        }
      }
    }
    expect(() => scoresOf(segmentation(), 3)).toThrow('There is no segment 3, only 3.');
  });

  it('can go on from drafts, with the same outcome', () => {
    const steps = [refine(), threshold(0.4), morphology({ open: 2 }), largest()];
    const whole = postprocess(segmentation(), steps, { image });
    for (const at of [1, 2, 3]) {
      const drafts = draftMasks(segmentation(), steps.slice(0, at), { image });
      expect(plain(postprocess(drafts, steps.slice(at), { image }))).toEqual(plain(whole));
    }
  });

  it('gives masks that are new each time, and plain data besides', () => {
    const steps = [refine(), threshold(otsu()), instances(), matte()];
    const result = postprocess(segmentation(), steps, { image });
    expect(structuredClone(plain(result))).toEqual(plain(result));
    const [segment] = result.segments;
    const before = segment!.mask();
    segment!.mask().fill(9);
    expect(segment!.mask()).toEqual(before);
    expect(result.segments[0]!.instances!.length).toBeGreaterThan(0);
    expect(result.segments[0]!.alpha).toHaveLength(W * H);
  });

  it('says which step failed, and why', () => {
    const small = { ...image, width: 30, data: image.data.slice(0, 30 * H * 3) };
    const call =
      (steps: Parameters<typeof postprocess>[1], options = {}) =>
      () =>
        postprocess(segmentation(), steps, options);
    expect(call([threshold(), matte()])).toThrow(/^Step 2 \(matte\): needs the picture/);
    expect(call([threshold(), refine()], { image })).toThrow(/^Step 2 \(refine\): comes after/);
    expect(call([refine()], { image: small })).toThrow(/30 x 45 pixels, the segmentation 60 x 45/);
    expect(call([threshold(perLabel({ thresholds: { cat: 0.3 } }))])).toThrow(
      'Step 1 (threshold): perLabel has no threshold for "dog", only for cat.',
    );
    const bad = definePostProcessor({
      name: 'own',
      apply: () => ({ mask: new Uint8Array(2) }) as never,
    });
    expect(call([bad])).toThrow(/^Step 1 \(own\): The mask has 2 values/);
    const level = defineThresholder({ name: 'odd', level: () => 7 });
    expect(call([threshold(level)])).toThrow(/threshold of odd is 7/);
  });

  it('takes logits that are not numbers for outside', () => {
    const odd = maps.map((map) => map.map((v, i) => (i % 37 === 0 ? Number.NaN : v)));
    for (const steps of [[threshold(0.1)], [refine(), threshold(otsu())]]) {
      const { segments } = postprocess(segmentation({ maps: odd }), steps, { image });
      expect(segments[0]!.mask().every((v) => v === 0 || v === 1)).toBe(true);
      expect(areaOf(segments[0]!.mask())).toBeGreaterThan(0);
    }
    const nothing = maps.map((map) => map.map(() => Number.NaN));
    const { segments } = postprocess(segmentation({ maps: nothing }), [refine()], { image });
    expect(areaOf(segments[0]!.mask())).toBe(0);
  });
});

describe('refine', () => {
  it('moves an edge to where the picture has it', () => {
    const truth = Uint8Array.from({ length: W * H }, (_, i) =>
      Math.hypot((i % W) - 20, Math.floor(i / W) - 18) < 13 ? 1 : 0,
    );
    const wrong = (mask: Uint8Array) => mask.filter((v, i) => v !== truth[i]).length;
    const plain = postprocess(segmentation()).segments[0]!.mask();
    const refined = postprocess(segmentation(), [refine()], { image }).segments[0]!.mask();
    expect(wrong(refined)).toBeLessThan(wrong(plain) / 3);
  });

  it('reads grey and RGBA pictures as the RGB ones that they are', () => {
    const grey = { ...image, channels: 1 as const, data: image.data.filter((_, i) => i % 3 === 0) };
    const rgb = { ...image, data: grey.data.map((_, i) => grey.data[i]!) };
    rgb.data = Uint8Array.from({ length: W * H * 3 }, (_, i) => grey.data[Math.floor(i / 3)]!);
    const rgba = {
      ...image,
      channels: 4 as const,
      data: Uint8Array.from({ length: W * H * 4 }, (_, i) =>
        i % 4 === 3 ? 255 : grey.data[Math.floor(i / 4)]!,
      ),
    };
    const masks = [rgb, rgba].map((own) =>
      postprocess(segmentation(), [refine({ guide: 'grey' })], { image: own }).segments[0]!.mask(),
    );
    const other = postprocess(segmentation(), [refine({ guide: 'grey' })], { image: grey });
    expect(masks[1]).toEqual(masks[0]);
    expect(other.segments[0]!.mask()).toEqual(masks[0]);
  });
});

describe('thresholders', () => {
  const scoresAt = (level: Parameters<typeof threshold>[0], map = maps[0]!) => {
    const own = segmentation({ maps: [map], prompts: [prompts[0]] });
    return postprocess(own, [threshold(level)]).segments[0]!;
  };

  it('percentile and area reach their share', () => {
    for (const share of [0.02, 0.1, 0.37]) {
      const wanted = share * W * H;
      const areas = [
        areaTarget({ share }),
        areaTarget({ pixels: wanted }),
        percentile({ percent: 100 * (1 - share) }),
      ].map((level) => areaOf(scoresAt(level).mask()));
      for (const area of areas) {
        expect(area).toBeLessThanOrEqual(wanted + 1e-6);
        expect(area).toBeGreaterThan(wanted - 0.01 * W * H);
      }
    }
    expect(areaOf(scoresAt(areaTarget({ share: 1 })).mask())).toBe(W * H);
    expect(areaOf(scoresAt(areaTarget({ share: 0 })).mask())).toBe(0);
  });

  it('otsu and triangle lie between two heaps', () => {
    const two = Float32Array.from({ length: S * S }, (_, i) => (i % 5 === 0 ? 1.5 : -2.5));
    const [low, high] = [1 / (1 + Math.exp(2.5)), 1 / (1 + Math.exp(-1.5))];
    const own = createSegmentation({
      width: S,
      height: S,
      resolution: [S, S],
      maps: [two],
      prompts: [prompts[0]!],
      timings: {},
    });
    for (const level of [otsu(), triangle()]) {
      const { threshold: at, mask } = postprocess(own, [threshold(level)]).segments[0]!;
      expect(at).toBeGreaterThan(low);
      expect(at).toBeLessThan(high);
      expect(areaOf(mask())).toBe(two.filter((v) => v > 0).length);
    }
    expect(scoresAt(otsu()).threshold).toBeGreaterThan(0.2);
  });

  it('relative to the maximum is a share of it', () => {
    const most = Math.max(...segmentation().segments[0]!.probabilities());
    expect(scoresAt(relativeToMaximum({ share: 0.5 })).threshold).toBeCloseTo(most / 2, 2);
  });

  it('have a floor, so that nothing is found where nothing is', () => {
    for (const level of [otsu, triangle, relativeToMaximum]) {
      expect(areaOf(scoresAt(level({ least: 0.3 }), maps[2]!).mask())).toBe(0);
    }
  });

  it('hysteresis keeps what is faint only beside what is sure', () => {
    const faint = maps[0]!.map((v, i) => Math.max(v, Math.min(-0.1, maps[1]![i]! - 2)));
    const low = scoresAt(fixed({ value: 0.4 }), faint).mask();
    const kept = scoresAt(hysteresis({ low: 0.4, high: 0.8 }), faint);
    expect(areaOf(kept.mask())).toBeLessThan(areaOf(low));
    expect(kept.threshold).toBe(0.4);
    expect(areaOf(intersection([kept.mask(), low], segmentation()))).toBe(areaOf(kept.mask()));
    expect(areaOf(scoresAt(hysteresis({ low: 0.4, high: 1 }), faint).mask())).toBe(0);
  });

  it('per label goes by the label', () => {
    const table = { threshold: 0.6, thresholds: { dog: 0.2 }, presence: 2 };
    const cuts = (level: Parameters<typeof threshold>[0]) =>
      postprocess(segmentation(), [threshold(level)]).segments.map((s) => s.threshold);
    expect(cuts(perLabel(table))).toEqual([0.6, 0.2, 0.6]);
    expect(cuts(perLabel({ thresholds: { cat: 0.1 }, threshold: 0.7 }))).toEqual([0.1, 0.7, 0.7]);
  });

  it.each([
    [() => fixed({ value: 2 }), /threshold is 2/],
    [() => percentile({ percent: 101 }), /percent is 101; it goes from 0 to 100/],
    [() => areaTarget({}), /either share or pixels/],
    [() => areaTarget({ share: 1, pixels: 4 }), /either share or pixels/],
    [() => hysteresis({ low: 0.6, high: 0.3 }), /high is 0.3; it goes from 0.6/],
    [() => perLabel({ thresholds: { a: -1 } }), /thresholds: a is -1/],
    [() => perLabel({} as never), /thresholds is undefined, not an object/],
    [() => otsu({ least: Number.NaN }), /least is NaN/],
    [() => band({ min: 0.7, max: 0.7 }), /not below max/],
    [() => morphology({ open: -1 }), /open is -1/],
    [() => largest({ count: 0 }), /count is 0/],
    [() => instances({ sort: 'size' as never }), /sort is "size"/],
    [() => feather({ radius: Number.NaN }), /radius is NaN/],
    [() => refine({ guide: 'red' as never }), /guide is "red"/],
    [() => strokes({ all: [{ points: [], width: 2 }] }), /Stroke 0 has no points/],
    [() => strokes({ all: [{ points: [[1, 2]], width: 0 }] }), /Stroke 0 has no width/],
  ])('%s is refused', (make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

describe('JSON', () => {
  const pipeline = [
    refine({ radius: 9 }),
    threshold(otsu({ least: 0.2 })),
    morphology({ open: 2, fillHoles: true }),
    instances({ top: 3 }),
    strokes({ byLabel: { cat: [{ points: [[1, 2]], width: 3 }] } }),
    largest(),
    feather(),
  ];

  it('is what JSON.stringify writes, and gives the same pipeline', () => {
    const text = JSON.stringify(pipeline);
    const read = pipelineFromJson(text);
    expect(JSON.stringify(read)).toBe(text);
    const [a, b] = [pipeline, read].map((steps) =>
      plain(postprocess(segmentation(), steps, { image })),
    );
    expect(b).toEqual(a);
    expect(JSON.stringify(pipelineFromJson(pipeline))).toBe(text); // steps are read as well
  });

  it('is flat, and tables list the options of every factory', () => {
    expect(JSON.parse(JSON.stringify(threshold(otsu({ least: 0.2 }))))).toEqual({
      name: 'threshold',
      method: { name: 'otsu', least: 0.2 },
    });
    const given: Record<string, object> = {
      percentile: { percent: 90 },
      areaTarget: { share: 0.2, pixels: undefined },
      perLabel: { thresholds: {}, presence: 2 },
      relativeToMaximum: {},
    };
    for (const table of [stepTable, thresholderTable, refinerTable]) {
      for (const [name, { make, options }] of Object.entries(table)) {
        const made = make((given[name] ?? {}) as never, {});
        expect(made.name).toBe(name);
        const taken = options.filter((option: string) => option !== 'presence');
        for (const option of Object.keys(made.options)) expect(taken).toContain(option);
        if (!['morphology', 'instances'].includes(name)) {
          expect(Object.keys(made.options).sort()).toEqual([...taken].sort());
        }
      }
    }
  });

  it('refuses plug-ins of another version', () => {
    const old = { ...feather(), specificationVersion: 0 as never };
    expect(() => postprocess(segmentation(), [old])).toThrow(
      'The step "feather" has the specificationVersion 0, and this version of @clipseg/core takes 1.',
    );
    const { specificationVersion: _, ...without } = otsu();
    expect(() => threshold(without as never)).toThrow(
      'The thresholder "otsu" has no specificationVersion',
    );
    expect(() => refine({ ...guided(), specificationVersion: 2 as never })).toThrow(/refiner/);
  });

  it.each([
    [{ name: 7, apply: () => {} }, /name is 7, not text/],
    [{ name: 'a' }, /a: apply is undefined, not a function/],
    [{ name: 'a', options: { name: 'b' }, apply: () => {} }, /option cannot be called "name"/],
    [{ name: 'a', options: 7, apply: () => {} }, /options of a are 7, not an object/],
  ])('refuses the definition %o', (definition, message) => {
    expect(() => definePostProcessor(definition as never)).toThrow(message);
  });

  it('takes names alone, and numbers as thresholds', () => {
    const read = pipelineFromJson(['refine', { name: 'threshold', method: 'otsu' }, 'largest']);
    expect(read.map(({ name }) => name)).toEqual(['refine', 'threshold', 'largest']);
    const [step] = pipelineFromJson([{ name: 'threshold', method: 0.3 }]);
    expect(step).toMatchObject({ options: { method: { name: 'fixed', options: { value: 0.3 } } } });
  });

  it('takes own steps, thresholders and refiners', () => {
    const invert = ({ twice = false }: { twice?: boolean }) =>
      definePostProcessor({ name: 'invert', options: { twice }, apply: (draft) => draft });
    const plugins = {
      steps: { invert },
      thresholders: { mine: () => defineThresholder({ name: 'mine', level: () => 0.42 }) },
      refiners: { none: () => defineRefiner({ name: 'none', refine: (scores) => scores }) },
    };
    const json = [
      { name: 'refine', refiner: 'none' },
      { name: 'threshold', method: { name: 'mine' } },
      { name: 'invert', twice: true },
    ];
    const read = pipelineFromJson(json, plugins);
    expect(read[2]).toMatchObject({ name: 'invert', options: { twice: true } });
    expect(postprocess(segmentation(), read, { image }).segments[0]!.threshold).toBe(0.42);
    expect(() => pipelineFromJson(json)).toThrow('Step 1 (refine): there is no refiner "none"');
  });

  it.each([
    ['{', /not JSON/],
    ['{}', /not a list of steps/],
    ['[7]', /^Step 1: 7 is not a step/],
    ['["blur"]', /^Step 1 \(blur\): there is no step "blur", only refine, threshold/],
    [
      '["feather", {"name": "morphology", "opne": 3}]',
      /^Step 2 \(morphology\): .*"opne"; it takes/,
    ],
    ['[{"name": "morphology", "open": -3}]', /^Step 1 \(morphology\): open is -3/],
    ['[{"name": "threshold", "method": "magic"}]', /no thresholder "magic"/],
    ['[{"name": "__proto__"}]', /no step "__proto__"/],
    ['[{"name": "largest", "count": "x"}]', /count is the text "x"/],
  ])('%s is refused', (text, message) => {
    const call = () => pipelineFromJson(text);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

describe('algebra', () => {
  it('is that of sets', () => {
    const pair = maskAndSize().chain(({ mask, size }) =>
      fc
        .uint8Array({ minLength: mask.length, maxLength: mask.length, max: 2 })
        .map((other) => ({ a: mask, b: other, size })),
    );
    fc.assert(
      fc.property(pair, ({ a, b, size }) => {
        const [inA, inB] = [a, b].map((mask) => [...mask].map((v) => v !== 0));
        const expected = (pick: (x: boolean, y: boolean) => boolean) =>
          Uint8Array.from(inA!, (own, i) => (pick(own, inB![i]!) ? 1 : 0));
        expect(union([a, b], size)).toEqual(expected((x, y) => x || y));
        expect(intersection([a, b], size)).toEqual(expected((x, y) => x && y));
        expect(subtraction([a, b], size)).toEqual(expected((x, y) => x && !y));
        expect(inversion(a, size)).toEqual(expected((x) => !x));
      }),
    );
    expect(() => union([], { width: 1, height: 1 })).toThrow('No mask was given.');
    const two = [new Uint8Array(1), new Uint8Array(2)];
    expect(() => union(two, { width: 1, height: 1 })).toThrow(/mask 1 has 2 values/);
  });
});

describe('brush', () => {
  it('paints what is within half its width of the line, and erases it', () => {
    const point = fc.tuple(
      fc.double({ min: -5, max: 25, noNaN: true }),
      fc.double({ min: -5, max: 20, noNaN: true }),
    );
    const size = { width: 20, height: 15 };
    const check = (points: [number, number][], width: number) => {
      const near = (x: number, y: number): number => {
        const away = points.map(([bx, by], i) => {
          const [ax, ay] = points[Math.max(0, i - 1)]!;
          const [dx, dy] = [bx - ax, by - ay];
          const length = dx * dx + dy * dy;
          const t =
            length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
          return Math.hypot(x - ax - t * dx, y - ay - t * dy);
        });
        return Math.min(...away);
      };
      const painted = brush(new Uint8Array(300), size, [{ points, width }]);
      const erased = brush(new Uint8Array(300).fill(1), size, [{ points, width, erase: true }]);
      const wrong = painted.findIndex((value, i) => {
        const distance = near((i % 20) + 0.5, Math.floor(i / 20) + 0.5);
        if (Math.abs(distance - width / 2) < 1e-9) return false; // on the edge, rounding decides
        return value !== (distance < width / 2 ? 1 : 0);
      });
      expect(wrong).toBe(-1);
      expect(erased).toEqual(painted.map((value) => 1 - value));
    };
    const widths = fc.double({ min: 0.1, max: 12, noNaN: true });
    fc.assert(fc.property(fc.array(point, { minLength: 1, maxLength: 4 }), widths, check));
  });

  it('of one prompt leaves others alone', () => {
    const byLabel = { dog: [{ points: [[30, 20] as const], width: 500 }] };
    const { segments } = postprocess(segmentation(), [threshold(), strokes({ byLabel })]);
    expect(areaOf(segments[1]!.mask())).toBe(W * H);
    expect(segments[0]!.mask()).toEqual(segmentation().segments[0]!.mask());
  });
});

describe('soft edges', () => {
  it('band rises from one probability to the other', () => {
    const { mask, alpha } = postprocess(segmentation(), [band({ min: 0.2, max: 0.8 })])
      .segments[0]!;
    const p = segmentation().segments[0]!.probabilities();
    for (const i of alpha!.keys()) {
      const share = Math.min(1, Math.max(0, (p[i]! - 0.2) / 0.6));
      expect(Math.abs(alpha![i]! - 255 * share)).toBeLessThan(1.5);
    }
    expect(mask()).toEqual(segmentation().segments[0]!.mask());
  });

  it('feather is even around the outline, and all or nothing beyond', () => {
    const half = { width: 40, height: 3 };
    const mask = Uint8Array.from({ length: 120 }, (_, i) => (i % 40 < 20 ? 1 : 0));
    const draft = { ...half, mask, label: 'x', scores: scoresOf(segmentation(), 0) };
    const { alpha } = feather({ radius: 5 }).apply(draft, {});
    const row = [...alpha!.subarray(40, 80)];
    expect(row.slice(0, 15)).toEqual(Array(15).fill(255));
    expect(row.slice(25)).toEqual(Array(15).fill(0));
    for (let k = 0; k < 5; k++) expect(row[19 - k]! + row[20 + k]!).toBeGreaterThanOrEqual(254);
    const falling = row.slice(15, 25);
    expect([...falling].sort((a, b) => b - a)).toEqual(falling);
    const sharp = feather({ radius: 0 }).apply(draft, {}).alpha!;
    expect(sharp).toEqual(mask.map((v) => v * 255));
  });

  it('matte follows the picture within a band, and is all or nothing elsewhere', () => {
    const steps = [refine(), threshold(), matte({ radius: 4 })];
    const { alpha, mask } = postprocess(segmentation(), steps, { image }).segments[0]!;
    expect(alpha![18 * W + 20]).toBe(255); // in the middle
    expect(alpha![44 * W + 59]).toBe(0);
    const apart = mask().filter((v, i) => v !== (alpha![i]! > 127 ? 1 : 0)).length;
    expect(apart).toBeLessThan(0.02 * W * H);
  });
});
