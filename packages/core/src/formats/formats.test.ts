import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { palette } from '@clipseg/core';
import {
  colorTable,
  cutout,
  fromCategoryPng,
  fromCoco,
  fromGeoJson,
  fromLabelMe,
  fromMaskPng,
  fromNpy,
  fromProbabilityPng,
  fromSvg,
  fromYolo,
  heatMap,
  overlay,
  parseSvgPath,
  type Shape,
  shapesOf,
  svgPath,
  toCategoryPng,
  toCoco,
  toGeoJson,
  toGreyPng,
  toLabelMe,
  toMaskPng,
  toNpy,
  toPng,
  toProbabilityPng,
  toRgba,
  toSvg,
  toYolo,
} from '@clipseg/core/formats';
import { findInstances, instanceMask, scoreMap } from '@clipseg/core/postprocess';
import {
  cocoArea,
  cocoBox,
  cocoMask,
  encodeCocoRle,
  type MaskSize,
  polygonMask,
  union,
} from '@clipseg/core/raster';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MaskAndSize, maskAndSize } from '../../test/masks/arbitraries.js';

// libvips, an independent reader of PNG and SVG.
const require = createRequire(new URL('../../../node/package.json', import.meta.url));
const { default: sharp } = require('sharp') as typeof import('sharp');

const segment = ({ mask, size }: MaskAndSize, label = 'cat') => ({
  label,
  mask: () => mask,
  ...size,
});
const maskOf = (shapes: readonly Shape[], size: MaskSize): Uint8Array =>
  shapes.length === 0
    ? new Uint8Array(size.width * size.height)
    : union(
        shapes.map(({ polygons }) => polygonMask(polygons, size)),
        size,
      );

describe('PNG', () => {
  it('masks of 1, 8 and 16 bits come back', () => {
    const check = ({ mask, size }: MaskAndSize, bits: 1 | 8 | 16) => {
      expect(fromMaskPng(toMaskPng(mask, size, { bits }))).toEqual({ ...size, mask });
    };
    fc.assert(fc.property(maskAndSize(), fc.constantFrom(1, 8, 16), check));
  });

  it.each([1, 8, 16] as const)('of %i bits are what libvips reads', async (bits) => {
    const [width, height] = [13, 5];
    const mask = Uint8Array.from({ length: 65 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const png = sharp(toMaskPng(mask, { width, height }, { bits }));
    const { format, channels } = await png.metadata();
    expect([format, channels]).toEqual(['png', 1]);
    const { data } = await png.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    const white = bits === 16 ? [...data].map((v) => (v > 127 ? 255 : 0)) : [...data];
    expect(white).toEqual([...mask].map((v) => v * 255));
  });

  it('probabilities come back to 1/65535, categories and levels exactly', async () => {
    const size = { width: 4, height: 3 };
    const probabilities = Float32Array.from({ length: 12 }, (_, i) => i / 11);
    const back = fromProbabilityPng(toProbabilityPng(probabilities, size));
    for (const [i, p] of back.probabilities.entries()) {
      expect(Math.abs(p - probabilities[i]!)).toBeLessThan(1e-5);
    }
    const odd = toProbabilityPng(Float32Array.of(-1, 2, Number.NaN, 0.5), {
      width: 4,
      height: 1,
    });
    expect([...fromProbabilityPng(odd).probabilities].map((p) => p.toFixed(2))).toEqual([
      '0.00',
      '1.00',
      '0.00',
      '0.50',
    ]);
    const data = Uint8Array.from({ length: 12 }, (_, i) => i % 5);
    const png = toCategoryPng({ ...size, data });
    expect(fromCategoryPng(png)).toEqual({ ...size, data });
    const { data: rgb } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([...rgb.subarray(0, 6)]).toEqual([0, 0, 0, ...palette[0]!]);
    const own = toCategoryPng({ ...size, data }, [[9, 8, 7]]);
    expect([...(await sharp(own).raw().toBuffer()).subarray(3, 6)]).toEqual([9, 8, 7]);
    expect(fromCategoryPng(toGreyPng(data, size))).toEqual({ ...size, data });
  });

  it('pictures with and without alpha are what libvips reads', async () => {
    for (const channels of [1, 3, 4] as const) {
      const data = Uint8Array.from({ length: 6 * channels }, (_, i) => (i * 37) % 256);
      const png = toPng({ width: 3, height: 2, channels, data });
      const raw = await sharp(png)
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer();
      expect([...raw]).toEqual([...data]);
    }
    const opaque = toRgba({ width: 1, height: 1, channels: 1, data: Uint8Array.of(7) });
    expect([...opaque.data]).toEqual([7, 7, 7, 255]);
    expect((await sharp(toPng(opaque)).metadata()).channels).toBe(3);
  });

  it('refuses what is no mask', () => {
    const refused = (call: () => unknown, message: RegExp) => {
      expect(call).toThrow(message);
      expect(call).toThrow(expect.objectContaining({ code: 'invalid-image' }));
    };
    refused(() => fromMaskPng(Uint8Array.of(1, 2, 3)), /cannot be read/);
    const good = toMaskPng(Uint8Array.of(1), { width: 1, height: 1 });
    refused(() => fromMaskPng(good.subarray(0, good.length - 14)), /cannot be read/);
    const broken = good.slice();
    broken[20] = 200; // another height than the check sum says
    refused(() => fromMaskPng(broken), /cannot be read|pixels/);
    const bomb = good.slice();
    bomb.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
    refused(() => fromMaskPng(bomb), /more than 268435456 pixels/);
    const rgb = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) } as const;
    refused(() => fromMaskPng(toPng(rgb)), /3 channels/);
    const data = Uint8Array.of(1);
    refused(() => fromMaskPng(toCategoryPng({ width: 1, height: 1, data })), /palette/);
    expect(() => toMaskPng(data, { width: 1, height: 1 }, { bits: 4 as never })).toThrow(
      /bits is 4/,
    );
    const call = () => toProbabilityPng(new Float32Array(2), { width: 1, height: 1 });
    expect(call).toThrow(/2 probabilities are not 1 x 1/);
  });
});

describe('NPY', () => {
  it.each([
    Float32Array.of(1.5, -2, 0, 4, 5, 6),
    Int32Array.of(1, -2, 3, 4, 5, 6),
    Uint16Array.of(1, 65535, 3, 4, 5, 6),
    Uint8Array.of(1, 255, 3, 4, 5, 6),
  ])('%o comes back', (data) => {
    for (const shape of [[6], [2, 3], [1, 2, 3]]) {
      const file = toNpy(data, shape);
      expect(fromNpy(file)).toEqual({ data, shape });
      expect((file.length - data.byteLength) % 64).toBe(0); // as NumPy aligns it
    }
  });

  it('reads what NumPy wrote', () => {
    const file = new URL('../../../../fixtures/e2e/chelsea.0.npy', import.meta.url);
    const { data, shape } = fromNpy(readFileSync(file));
    expect(shape).toEqual([64, 64]);
    expect(data).toBeInstanceOf(Float32Array);
    expect(toNpy(data, shape).length).toBe(readFileSync(file).length);
    const within = Buffer.concat([Buffer.alloc(3), readFileSync(file)]).subarray(3);
    expect(fromNpy(within)).toEqual({ data, shape }); // Node 24 reads files into such a Buffer
  });

  it('refuses anything else', () => {
    const good = toNpy(Uint8Array.of(1, 2), [2]);
    const changed = (from: string, to: string) =>
      Uint8Array.from(String.fromCharCode(...good).replace(from, to), (char) => char.charCodeAt(0));
    expect(() => toNpy(Uint8Array.of(1), [2])).toThrow(/does not hold 1 values/);
    expect(() => toNpy([1] as never, [1])).toThrow(/float32, int32, uint16 and uint8/);
    expect(() => fromNpy(Uint8Array.of(1, 2))).toThrow(/something else/);
    expect(() => fromNpy(good.subarray(0, good.length - 1))).toThrow(/1 bytes of values/);
    expect(() => fromNpy(changed('|u1', '<c8'))).toThrow(/header/);
    expect(() => fromNpy(changed('False', 'True '))).toThrow(/Fortran/);
    expect(() => fromNpy(changed('(2,)', '(9999999999,)'))).toThrow(/not 9999999999/);
  });
});

describe('outlines come back as the same mask', () => {
  const both = fc.tuple(maskAndSize(), fc.boolean());
  const shapes = (one: MaskAndSize, apart: boolean): Shape[] => {
    const instances = apart ? findInstances(one.mask, one.size) : undefined;
    return shapesOf({ ...segment(one, 'a <b> & "c"'), instances });
  };
  const comesBack = (name: string, through: (shapes: Shape[], size: MaskSize) => Shape[]) =>
    it(name, () => {
      fc.assert(
        fc.property(both, ([one, apart]) => {
          const own = shapes(one, apart);
          const back = through(own, one.size);
          expect(maskOf(back, one.size)).toEqual(one.mask);
          expect(back.map(({ label }) => label)).toEqual(own.map(({ label }) => label));
        }),
      );
    });

  comesBack('from shapes', (own) => own);
  comesBack('from GeoJSON', (own) => fromGeoJson(JSON.stringify(toGeoJson(own))));
  comesBack('from SVG', (own, size) => fromSvg(toSvg(own, size)).shapes);
  comesBack('from LabelMe', (own, size) =>
    own.length === 0 ? [] : fromLabelMe(JSON.stringify(toLabelMe(own, size, 'x.jpg'))).shapes,
  );
  comesBack('from YOLO', (own, size) => {
    const names = ['other', 'a <b> & "c"'];
    return fromYolo(toYolo(own, size, names), size, names);
  });

  it.each(['rle', 'polygons'] as const)('from COCO, %s', (segmentation) => {
    fc.assert(
      fc.property(both, ([one, apart]) => {
        const instances = apart ? findInstances(one.mask, one.size) : undefined;
        const picture = { file: 'x.jpg', ...one.size, segments: [{ ...segment(one), instances }] };
        const dataset = toCoco([picture], { segmentation });
        const masks = [...fromCoco(JSON.stringify(dataset))].map(({ mask }) => mask);
        const whole = masks.length === 0 ? new Uint8Array(one.mask.length) : union(masks, one.size);
        expect(whole).toEqual(one.mask);
        for (const [i, { area, bbox }] of dataset.annotations.entries()) {
          expect(masks[i]!.reduce((sum, v) => sum + v, 0)).toBe(area);
          expect(bbox[2] * bbox[3]).toBeGreaterThanOrEqual(area);
        }
      }),
    );
  });

  it('from SVG, drawn by librsvg', async () => {
    const size = { width: 40, height: 30 };
    const mask = Uint8Array.from({ length: 1200 }, (_, i) => {
      const away = Math.hypot((i % 40) - 19, Math.floor(i / 40) - 14);
      return away < 12 && away > 5 ? 1 : 0;
    });
    const d = svgPath(shapesOf(segment({ mask, size }))[0]!.polygons);
    const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><path fill-rule="evenodd" d="${d}"/></svg>`;
    const { data, info } = await sharp(Buffer.from(drawn))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const alpha = Array.from(mask, (_, i) => data[i * info.channels + 3]!);
    const wrong = alpha.filter((level, i) => (level > 127 ? 1 : 0) !== mask[i]).length;
    expect(wrong).toBe(0);
    const whole = toSvg(shapesOf(segment({ mask, size })), size, { image: 'photo.jpg?a&b' });
    expect((await sharp(Buffer.from(whole)).metadata()).format).toBe('svg');
    expect(whole).toContain('href="photo.jpg?a&amp;b"');
  });

  it('with scores of a prompt, an instance has the outlines of the whole', () => {
    const size = { width: 30, height: 20 };
    const values = Float32Array.from(
      { length: 600 },
      (_, i) => 6 - Math.hypot((i % 30) - 12.2, Math.floor(i / 30) - 9.7),
    );
    const scores = scoreMap(values, size, 'logit');
    const mask = Uint8Array.from(values, (v) => (v > 0 ? 1 : 0));
    const one = { ...segment({ mask, size }), threshold: 0.5 };
    const whole = shapesOf(one, { scores })[0]!.polygons;
    const apart = shapesOf({ ...one, instances: findInstances(mask, size) }, { scores })[0]!
      .polygons;
    const points = (polygons: typeof whole) =>
      new Set([...polygons[0]!.outer].map((v) => v.toFixed(5)));
    expect(points(apart)).toEqual(points(whole));
  });
});

describe('readers refuse what they cannot read', () => {
  it.each([
    [() => fromGeoJson('{'), /GeoJSON is not JSON/],
    [() => fromGeoJson('{"features": 3}'), /no list of objects as features/],
    [() => fromGeoJson({ features: [{ geometry: { type: 'Point' } }] }), /has Point as feature 0/],
    [
      () => fromGeoJson({ features: [{ geometry: { type: 'Polygon', coordinates: [[[1]]] } }] }),
      /three points/,
    ],
    [
      () => fromLabelMe({ shapes: [{ label: 'a', shape_type: 'circle' }] }),
      /has a circle as shape 0/,
    ],
    [() => fromLabelMe({ shapes: [{ label: 'a', points: [[0, 0]] }] }), /three points/],
    [() => fromYolo('7 0 0 1 0 1 1', { width: 2, height: 2 }, ['a']), /class 7 in line 1/],
    [() => fromYolo('0 0 0 1 0 1', { width: 2, height: 2 }, ['a']), /x without a y in line 1/],
    [() => fromYolo('0 0 0 x 0 1 1', { width: 2, height: 2 }, ['a']), /three points/],
    [() => toYolo([{ label: 'b', polygons: [] }], { width: 2, height: 2 }, ['a']), /"b" is none/],
    [() => fromSvg('<svg/>'), /no viewBox/],
    [() => parseSvgPath('M0 0C1 1 2 2 3 3Z'), /command C/],
    [
      () => [...fromCoco({ images: [], categories: [], annotations: [{ image_id: 1 }] })],
      /no image 1/,
    ],
    [
      () => cocoMask({ size: [2, 2], counts: [4] }, { width: 3, height: 2 }),
      /2 x 2 pixels, the picture/,
    ],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

describe('pictures', () => {
  const size = { width: 60, height: 40 };
  const image = {
    ...size,
    channels: 3 as const,
    data: Uint8Array.from({ length: 7200 }, (_, i) => [100, 150, 50][i % 3]!),
  };
  const mask = Uint8Array.from({ length: 2400 }, (_, i) =>
    Math.hypot((i % 60) - 30, Math.floor(i / 60) - 20) < 12 ? 1 : 0,
  );
  const pixel = ({ data }: { data: ArrayLike<number> }, x: number, y: number) =>
    [0, 1, 2, 3].map((c) => data[4 * (y * 60 + x) + c]);

  it('overlay tints inside, outlines, and leaves the rest alone', () => {
    const layers = [{ label: 'cat', mask: () => mask, color: [200, 0, 0] as const }];
    const result = overlay(image, layers, { opacity: 0.5, outline: 2, legend: false });
    expect(pixel(result, 30, 20)).toEqual([150, 75, 25, 255]);
    expect(pixel(result, 2, 2)).toEqual([100, 150, 50, 255]);
    expect(pixel(result, 30 - 12, 20)).toEqual([200, 0, 0, 255]); // on the outline
    const dim = overlay(image, layers, { dim: 1, opacity: 0, outline: 0, legend: false });
    expect(pixel(dim, 2, 2)).toEqual([0, 0, 0, 255]);
    expect(pixel(dim, 30, 20)).toEqual([100, 150, 50, 255]);
    const asked = overlay(image, [{ mask: () => mask }], { legend: false });
    expect(pixel(asked, 30, 20)).not.toEqual(pixel(result, 2, 2));
  });

  it('has a legend where it hides nothing, with any letters and in any size', () => {
    const large = { width: 200, height: 150, channels: 1 as const, data: new Uint8Array(30000) };
    const none = new Uint8Array(30000);
    const changed = (legend: object | undefined, prompt = 'cat') => {
      const bare = overlay(large, [{ label: prompt, mask: () => none }], { legend: false });
      const full = overlay(large, [{ label: prompt, mask: () => none }], legend);
      return full.data.findIndex((v, i) => v !== bare.data[i]);
    };
    expect(changed(undefined)).toBeGreaterThanOrEqual(0);
    for (const prompt of ['Ünïcödé', '猫', 'a'.repeat(300), '', '\n']) {
      expect(() => changed({ legend: 'bottom-right' }, prompt)).not.toThrow();
    }
    const many = Array.from({ length: 90 }, (_, i) => ({ label: `prompt ${i}`, mask: () => none }));
    expect(() => overlay(large, many)).not.toThrow();
    const dot = { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(9) };
    expect([...overlay(dot, [{ label: 'x', mask: () => Uint8Array.of(0) }]).data]).toEqual([
      9, 9, 9, 255,
    ]);
  });

  it('heat map has the colors of its map, in order', () => {
    const scores = scoreMap(
      Float32Array.of(0, 0.5, 1, Number.NaN),
      { width: 4, height: 1 },
      'probability',
    );
    const { data } = heatMap(scores, { map: 'magma', legend: false });
    const table = colorTable('magma');
    const at = (i: number) => [...data.subarray(4 * i, 4 * i + 3)];
    expect([at(0), at(2), at(3)]).toEqual([table[0], table[255], table[0]]);
    expect(at(1)).toEqual(table[128]);
    const narrow = heatMap(scores, { min: 0.4, max: 0.5, legend: false }).data;
    expect([...narrow.subarray(4, 7)]).toEqual(colorTable('viridis')[255]);
    for (const map of ['viridis', 'magma', 'turbo'] as const) {
      expect(colorTable(map)).toHaveLength(256);
      expect(
        colorTable(map)
          .flat()
          .every((v) => v >= 0 && v <= 255),
      ).toBe(true);
    }
    expect(() => heatMap(scores, { image })).toThrow(
      /heat map has 4 x 1 pixels, the picture 60 x 40/,
    );
    expect(() => heatMap(scores, { map: 'jet' as never })).toThrow(/map is "jet"/);
  });

  it('cut-out keeps what is inside and nothing of the rest', () => {
    const result = cutout(image, { mask: () => mask });
    expect(pixel(result, 30, 20)).toEqual([100, 150, 50, 255]);
    expect(pixel(result, 1, 1)).toEqual([0, 0, 0, 0]);
    const cropped = cutout(image, { mask: () => mask }, { crop: 2 });
    expect([cropped.width, cropped.height]).toEqual([27, 27]);
    const empty = cutout(image, { mask: () => new Uint8Array(2400) }, { crop: 2 });
    expect([empty.width, empty.height]).toEqual([60, 40]);
    const white = cutout(image, { mask: () => mask }, { background: [255, 255, 255] });
    expect(pixel(white, 1, 1)).toEqual([255, 255, 255, 255]);
  });

  it('cut-out takes the color of the background out of soft edges', () => {
    const [front, back] = [
      [220, 40, 30],
      [20, 90, 200],
    ] as const;
    const alpha = Uint8Array.from({ length: 2400 }, (_, i) =>
      Math.min(255, Math.max(0, Math.round((30 - (i % 60) + 4) * 32))),
    );
    const data = Uint8Array.from({ length: 7200 }, (_, i) => {
      const share = alpha[Math.floor(i / 3)]! / 255;
      return Math.round(front[i % 3]! * share + back[i % 3]! * (1 - share));
    });
    const soft = { mask: () => alpha.map((v) => (v > 127 ? 1 : 0)), alpha };
    const mixed = { ...image, data };
    const off = (decontaminate: boolean) => {
      const result = cutout(mixed, soft, { decontaminate });
      const differences = [...alpha.keys()]
        .filter((i) => alpha[i]! > 20 && alpha[i]! < 255)
        .map((i) => Math.abs(result.data[4 * i]! - front[0]));
      return Math.max(...differences);
    };
    expect(off(false)).toBeGreaterThan(100);
    expect(off(true)).toBeLessThan(25);
  });
});

it('COCO counts areas and numbers as pycocotools expects them', () => {
  const one = { mask: Uint8Array.of(1, 1, 0, 1), size: { width: 2, height: 2 } };
  const empty = { mask: new Uint8Array(4), size: one.size };
  const picture = { file: 'a.jpg', ...one.size, segments: [segment(empty, 'dog'), segment(one)] };
  const { images, categories, annotations } = toCoco([picture, { ...picture, file: 'b.jpg' }]);
  expect(images.map(({ id, file_name }) => [id, file_name])).toEqual([
    [1, 'a.jpg'],
    [2, 'b.jpg'],
  ]);
  expect(categories).toEqual([
    { id: 1, name: 'dog' },
    { id: 2, name: 'cat' },
  ]);
  expect(annotations.map(({ id, image_id, category_id }) => [id, image_id, category_id])).toEqual([
    [1, 1, 2],
    [2, 2, 2],
  ]);
  expect(cocoArea(annotations[0]!.segmentation as never)).toBe(3);
  const instances = findInstances(one.mask, one.size, { connectivity: 4 });
  const apart = toCoco([{ ...picture, segments: [{ ...segment(one), instances }] }]);
  expect(apart.annotations).toHaveLength(1);
  expect(instanceMask(instances, one.size)).toEqual(one.mask);
});

describe('outlines that vanish when they are simplified', () => {
  // Two pixels, and a tolerance of three: there is nothing left to write.
  const size = { width: 20, height: 20 };
  const mask = new Uint8Array(400);
  for (const [x, y] of [
    [10, 10],
    [11, 10],
  ] as const)
    mask[(y as number) * 20 + (x as number)] = 1;
  const vanished = [{ label: 'a', polygons: [{ outer: new Float64Array(4), holes: [] }] }];

  it('make no annotation of COCO', () => {
    const pictures = [
      { file: 'a.jpg', ...size, segments: [{ label: 'a', ...size, mask: () => mask }] },
    ];
    const { annotations } = toCoco(pictures, { segmentation: 'polygons', tolerance: 3 });
    expect(annotations).toEqual([]);
  });

  it('have the area and the box of what is written', () => {
    const square = new Uint8Array(400);
    for (let y = 3; y < 15; y++) square.fill(1, y * 20 + 4, y * 20 + 4 + y);
    const segments = [{ label: 'a', ...size, mask: () => square }];
    const options = { segmentation: 'polygons', tolerance: 2 } as const;
    const [annotation] = toCoco([{ file: 'a.jpg', ...size, segments }], options).annotations;
    const written = cocoMask(annotation?.segmentation as number[][], size);
    expect(annotation?.area).toBe(written.reduce((sum, value) => sum + value, 0));
    expect(annotation?.bbox).toEqual(cocoBox(encodeCocoRle(written, size)));
    for (const polygon of (annotation?.segmentation ?? []) as number[][]) {
      expect(polygon.length).toBeGreaterThanOrEqual(6);
    }
  });

  it('are in no other format either', () => {
    expect(toGeoJson(vanished).features).toEqual([]);
    expect(toLabelMe(vanished, size, 'a.jpg').shapes).toEqual([]);
    expect(toYolo(vanished, size, ['a'])).toBe('');
    expect(toSvg(vanished, size)).not.toContain('<path');
  });
});
