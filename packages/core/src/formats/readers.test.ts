import { describe, expect, it } from 'vitest';
import { encodeCocoRle } from '../raster/coco/coco-rle.js';
import {
  fromCoco,
  fromGeoJson,
  fromLabelMe,
  fromYolo,
  toCoco,
  toGeoJson,
  toLabelMe,
  toYolo,
} from './index.js';
import { nameOf, readJson, recordsOf, ringOf } from './read.js';
import { joinRings, pointsOf, rounded, type Shape, shapesOf, solidShapes } from './shapes.js';

const ring = (...values: number[]) => Float64Array.from(values);
const square = ring(0, 0, 4, 0, 4, 4, 0, 4);
const hole = ring(1, 1, 1, 2, 2, 2, 2, 1);
const size = { width: 8, height: 4 };
const points = [
  [0, 0],
  [4, 0],
  [4, 4],
];

describe('what readers share', () => {
  it('rings lose a last point that repeats the first', () => {
    expect([...ringOf(points, 'ring', 'file')]).toEqual([0, 0, 4, 0, 4, 4]);
    expect([...ringOf([...points, [0, 0]], 'ring', 'file')]).toEqual([0, 0, 4, 0, 4, 4]);
    expect(ringOf([...points, [0, 1]], 'ring', 'file')).toHaveLength(8);
    expect(ringOf([...points, [1, 0]], 'ring', 'file')).toHaveLength(8);
    expect(
      ringOf(
        [
          [0, 0],
          [4, 0],
          [0, 0],
        ],
        'ring',
        'file',
      ),
    ).toHaveLength(6); // three are needed
    expect(
      [
        ...ringOf(
          [
            [1e8, -1e8, 7],
            [0, 0],
            [1, 1],
          ],
          'ring',
          'file',
        ),
      ].slice(0, 2),
    ).toEqual([1e8, -1e8]);
  });

  it.each([
    [points.slice(1)],
    ['points'],
    [[...points, [1]]],
    [[...points, [Number.NaN, 1]]],
    [[...points, 'ab']],
    [[...points, [1.1e8, 0]]],
    [[...points, [0, -1.1e8]]],
  ])('rings are not %j', (wrong) => {
    expect(() => ringOf(wrong, 'ring', 'file')).toThrow(/^The file has a ring/);
  });

  it('names are text or numbers', () => {
    expect([nameOf('', 'label', 'file'), nameOf(5, 'label', 'file')]).toEqual(['', '5']);
    expect(() => nameOf({}, 'label', 'file')).toThrow(/^The file has .* as label/);
  });

  it('JSON is an object, and lists have objects only', () => {
    expect(readJson('{"a": 1}', 'file')).toEqual({ a: 1 });
    expect(readJson({ a: 1 }, 'file')).toEqual({ a: 1 });
    for (const wrong of ['[', '[]', 'null', 7])
      expect(() => readJson(wrong, 'file')).toThrow(/file/);
    expect(recordsOf([{}, {}], 'list', 'file')).toEqual([{}, {}]);
    for (const wrong of [5, [1], [{}, undefined], [{}, null], new Array(2)]) {
      expect(() => recordsOf(wrong, 'list', 'file')).toThrow(/list/);
    }
  });
});

describe('shapes', () => {
  it('rings are joined by lines there and back, from the nearest corner', () => {
    expect([...joinRings([])]).toEqual([]);
    expect([...joinRings([square])]).toEqual([...square]);
    // The hole begins at 3, 3: nearest to the corner 4, 4.
    const far = ring(3, 3, 3, 2, 2, 2);
    expect([...joinRings([square, far])]).toEqual([
      0, 0, 4, 0, 4, 4, 3, 3, 3, 2, 2, 2, 3, 3, 4, 4, 0, 4,
    ]);
  });

  it('numbers are rounded', () => {
    expect([rounded(1.23456, 3), rounded(1.2, 3), rounded(-0.5, 0)]).toEqual([1.235, 1.2, -1]);
    expect(pointsOf(ring(0.1234, 5, 6, 7.89), 2)).toEqual([
      [0.12, 5],
      [6, 7.89],
    ]);
  });

  it('without an area are left out, and so are such holes', () => {
    const thin = ring(0, 0, 4, 0, 8, 0);
    const small = ring(0, 0, 0.01, 0, 0.01, 0.01);
    const polygons = [
      { outer: square, holes: [hole, thin] },
      { outer: thin, holes: [hole] },
      { outer: small, holes: [] },
      { outer: ring(0, 0, 9, 9), holes: [] },
    ];
    const [one, ...others] = solidShapes(
      [
        { label: 'a', polygons, score: 0.5 },
        { label: 'b', polygons: polygons.slice(1) },
      ],
      1,
    );
    expect(others).toEqual([]);
    expect(one).toEqual({ label: 'a', polygons: [{ outer: square, holes: [hole] }], score: 0.5 });
    expect(solidShapes([{ label: 'b', polygons: [polygons[2]!] }], 3)).toHaveLength(1);
    const seen: string[] = [];
    solidShapes([{ label: 'b', polygons: [] }], 3, (label) => seen.push(label));
    expect(seen).toEqual(['b']);
  });

  it.each([
    ['x', /shapes are "x"/],
    [[{ label: 5, polygons: [] }], /label of shape 0/],
    [[{ label: 'a' }], /polygons/],
    [[null], /label of shape 0/],
  ])('are not %j', (wrong, message) => {
    expect(() => solidShapes(wrong as never, 2)).toThrow(message);
  });

  it('of a mask without anything inside are none', () => {
    expect(shapesOf({ label: 'a', ...size, mask: () => new Uint8Array(32) })).toEqual([]);
    expect(() => shapesOf(null as never)).toThrow(/mask/);
  });
});

const shapes: Shape[] = [
  { label: 'a', polygons: [{ outer: square, holes: [hole] }], score: 0.25 },
  { label: 'b', polygons: [square, ring(5, 0, 8, 0, 8, 2)].map((outer) => ({ outer, holes: [] })) },
];

describe('GeoJSON', () => {
  it('has rings that end where they begin', () => {
    const { type, features } = toGeoJson(shapes);
    expect(type).toBe('FeatureCollection');
    expect(features[0]).toEqual({
      type: 'Feature',
      properties: { label: 'a', score: 0.25 },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [...pointsOf(square, 3), [0, 0]],
          [...pointsOf(hole, 3), [1, 1]],
        ],
      },
    });
    expect(features[1]!.properties).toEqual({ label: 'b' });
    expect(features[1]!.geometry).toMatchObject({ type: 'MultiPolygon' });
    expect(features[1]!.geometry.coordinates).toHaveLength(2);
    expect(fromGeoJson(toGeoJson(shapes))).toEqual(shapes);
  });

  it('is called mask where it has no label', () => {
    const geometry = { type: 'Polygon', coordinates: [points] };
    expect(fromGeoJson({ features: [{ geometry }] })).toEqual([
      { label: 'mask', polygons: [{ outer: ring(0, 0, 4, 0, 4, 4), holes: [] }] },
    ]);
    const properties = { label: 7, score: 'high' };
    const [numbered] = fromGeoJson({ features: [{ geometry, properties }] });
    expect([numbered!.label, 'score' in numbered!]).toEqual(['7', false]);
  });

  it.each([
    [{ geometry: { type: 'Polygon', coordinates: 5 } }, /no coordinates in feature 0/],
    [{ geometry: { type: 'Polygon', coordinates: [] } }, /no rings in feature 0/],
    [{ geometry: { type: 'MultiPolygon', coordinates: [5] } }, /no rings in feature 0/],
    [{ geometry: null }, /feature 0/],
    [
      { geometry: { type: 'Polygon', coordinates: [points] }, properties: { label: {} } },
      /label of feature 0/,
    ],
  ])('refuses %j', (feature, message) => {
    expect(() => fromGeoJson({ features: [feature] })).toThrow(message);
  });
});

describe('LabelMe', () => {
  it('has a shape for each part, in a group where there are several', () => {
    const file = toLabelMe(shapes, size, 'a.jpg');
    expect(file).toMatchObject({
      imagePath: 'a.jpg',
      imageHeight: 4,
      imageWidth: 8,
      imageData: null,
    });
    expect(
      file.shapes.map(({ label, group_id, shape_type }) => [label, group_id, shape_type]),
    ).toEqual([
      ['a', null, 'polygon'],
      ['b', 1, 'polygon'],
      ['b', 1, 'polygon'],
    ]);
    const back = fromLabelMe(file);
    expect([back.width, back.height, back.file]).toEqual([8, 4, 'a.jpg']);
    expect(back.shapes.map(({ label, polygons }) => [label, polygons.length])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('groups by number and label; shapes without a group stay apart', () => {
    const shape = (label: string, group_id: unknown) => ({ label, group_id, points });
    const read = (...list: object[]) =>
      fromLabelMe({ shapes: list, imageWidth: 8, imageHeight: 4 }).shapes.map(
        ({ polygons }) => polygons.length,
      );
    expect(read(shape('a', 1), shape('b', 1), shape('a', 1))).toEqual([2, 1]);
    expect(read(shape('a', null), shape('a', null))).toEqual([1, 1]);
    expect(read(shape('a', 0), shape('a', 0))).toEqual([2]);
    expect(fromLabelMe({ shapes: [], imageWidth: 8, imageHeight: 4 }).file).toBe('');
  });

  it.each([
    [{ shapes: [{ label: null, points }] }, /label of shape 0/],
    [{ shapes: [], imageWidth: 0, imageHeight: 4 }, /size is 0 x 4/],
    [{ shapes: [], imageWidth: 8, imageHeight: 4, imagePath: {} }, /imagePath/],
    [{ shapes: 5 }, /shapes/],
  ])('refuses %j', (file, message) => {
    expect(() => fromLabelMe(file)).toThrow(message);
  });

  it('refuses a size that is none', () => {
    expect(() => toLabelMe([], { width: 0, height: 1 }, 'a.jpg')).toThrow(/size/);
  });
});

describe('YOLO', () => {
  it('has shares of the sides, and the number of the class', () => {
    const simple = [{ label: 'b', polygons: [{ outer: ring(0, 0, 4, 0, 8, 4), holes: [] }] }];
    const text = toYolo(simple, size, ['a', 'b']);
    expect(text).toBe('1 0.0000000 0.0000000 0.5000000 0.0000000 1.0000000 1.0000000\n');
    expect(fromYolo(text, size, ['a', 'b'])).toEqual(simple);
    expect(toYolo([...simple, ...simple], size, ['b'])).toMatch(/^0 .*\n0 .*\n$/);
  });

  it('reads lines of any kind, and none', () => {
    expect(fromYolo(' 0 0 0 .5 0 1 1 \r\n\r\n0 0 0 1 0 1 1', size, ['a'])).toHaveLength(2);
    expect(fromYolo('', size, [])).toEqual([]);
  });

  it.each([
    ['1 0 0 1 0 1 1', /class 1 in line 1/],
    ['0 0 0 1 0 1 1\nx 0 0 1 0 1 1', /in line 2/],
    ['0 0 0 1 0 1 1\n0 0 0 1 0 1', /x without a y in line 2/],
    [5, /is 5, not text/],
  ])('refuses %j', (text, message) => {
    expect(() => fromYolo(text as never, size, ['a'])).toThrow(message);
  });

  it('refuses classes that are not a list of texts', () => {
    expect(() => toYolo([], size, [5] as never)).toThrow(/names of the classes/);
    expect(() => fromYolo('', size, 'a' as never)).toThrow(/names/);
    expect(() => toYolo([], { width: 1, height: 0 }, [])).toThrow(/size/);
    expect(() => fromYolo('', { width: 1, height: 0 }, [])).toThrow(/size/);
  });
});

describe('COCO', () => {
  const mask = Uint8Array.from({ length: 32 }, (_, i) => (i % 8 < 2 ? 1 : 0));
  const picture = { file: 'a.jpg', ...size };

  it('has an annotation for each mask, or for each instance', () => {
    const { annotations, images, categories } = toCoco([
      { ...picture, segments: [{ label: 'a', ...size, mask: () => mask }] },
    ]);
    expect(images).toEqual([{ id: 1, file_name: 'a.jpg', width: 8, height: 4 }]);
    expect(categories).toEqual([{ id: 1, name: 'a' }]);
    expect(annotations).toEqual([
      {
        id: 1,
        image_id: 1,
        category_id: 1,
        segmentation: encodeCocoRle(mask, size),
        area: 8,
        bbox: [0, 0, 2, 4],
        iscrowd: 0,
      },
    ]);
    const instance = {
      score: 0.75,
      area: 2,
      box: [1, 0, 3, 1],
      centroid: [2, 0.5],
      runs: Int32Array.of(0, 1, 3),
    } as const;
    const apart = toCoco([
      {
        ...picture,
        segments: [{ label: 'a', ...size, mask: () => mask, instances: [instance, instance] }],
      },
    ]);
    expect(apart.annotations.map(({ id, area, score, bbox }) => [id, area, score, bbox])).toEqual([
      [1, 2, 0.75, [1, 0, 2, 1]],
      [2, 2, 0.75, [1, 0, 2, 1]],
    ]);
  });

  it('as outlines has the corners', () => {
    const { annotations } = toCoco(
      [{ ...picture, segments: [{ label: 'a', ...size, mask: () => mask }] }],
      {
        segmentation: 'polygons',
      },
    );
    expect(annotations[0]).toMatchObject({ area: 8, bbox: [0, 0, 2, 4] });
    const [outline] = annotations[0]!.segmentation as number[][];
    expect(Math.max(...outline!.filter((_, i) => i % 2 === 0))).toBe(2);
    expect(Math.max(...outline!.filter((_, i) => i % 2 === 1))).toBe(4);
    expect(() => toCoco([], { segmentation: 'png' as never })).toThrow(/segmentation is "png"/);
    expect(() => toCoco(5 as never)).toThrow(/pictures/);
  });

  it('reads masks with their pictures and names', () => {
    const segmentation = encodeCocoRle(mask, size);
    const file = (annotation: object, more: object = {}) => ({
      images: [{ id: 7, file_name: 'a.jpg', ...size }],
      categories: [{ id: 'x', name: 5 }],
      annotations: [{ image_id: 7, category_id: 'x', segmentation, ...annotation }],
      ...more,
    });
    expect([...fromCoco(file({}))]).toEqual([{ file: 'a.jpg', label: '5', ...size, mask }]);
    const nameless = { images: [{ id: 7, ...size }] };
    expect([...fromCoco(file({}, nameless))][0]!.file).toBe('');
    for (const [wrong, message] of [
      [file({ image_id: 8 }), /no image 8/],
      [file({ category_id: 1 }), /no category 1/],
      [file({ segmentation: null }), /no segmentation in annotation 0/],
      [file({ segmentation: 'x' }), /no segmentation in annotation 0/],
      [file({}, { images: [{ id: 7, width: 8 }] }), /size/],
      [file({}, { images: [{ id: 7, ...size, file_name: {} }] }), /file_name/],
      [file({}, { categories: [{ id: 'x', name: {} }] }), /name of a category/],
      [file({}, { categories: 5 }), /categories/],
    ] as const) {
      expect(() => [...fromCoco(wrong)]).toThrow(message);
    }
  });
});
