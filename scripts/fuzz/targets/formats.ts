import {
  fromCategoryPng,
  fromCoco,
  fromGeoJson,
  fromLabelMe,
  fromMaskPng,
  fromNpy,
  fromProbabilityPng,
  fromSvg,
  fromYolo,
  parseSvgPath,
  type Shape,
  shapesOf,
  toCategoryPng,
  toCoco,
  toGeoJson,
  toLabelMe,
  toMaskPng,
  toNpy,
  toPng,
  toProbabilityPng,
  toSvg,
  toYolo,
} from '@clipseg/core/formats';
import {
  cocoArea,
  cocoBox,
  cocoMask,
  cocoPolygonMask,
  decodeCocoRle,
  encodeCocoRle,
} from '@clipseg/core/raster';
import { mutateBytes, mutateText } from '../generators/bytes.js';
import { jsonText, mutateJson, mutateValue } from '../generators/json.js';
import { pngBytes } from '../generators/png.js';
import type { Random } from '../random.js';
import { promise, target } from '../target.js';

const SIZE = { width: 6, height: 4 };
const MASK = Uint8Array.from({ length: 24 }, (_, i) => (i % 6 > 1 && i > 5 && i !== 15 ? 1 : 0));
const SEGMENT = { ...SIZE, label: 'a cat', mask: () => MASK };
const SHAPES = shapesOf(SEGMENT);
const RLE = encodeCocoRle(MASK, SIZE);
const COUNTS = encodeCocoRle(MASK, SIZE, { compressed: false });
const POLYGONS = [
  [0, 0, 5, 0, 5, 3, 0, 3],
  [1, 1, 2.5, 1, 2, 3],
];
const COCO = (['rle', 'polygons'] as const).map((segmentation) =>
  toCoco([{ file: 'a.jpg', ...SIZE, segments: [SEGMENT] }], { segmentation }),
);
const LABELME = toLabelMe(SHAPES, SIZE, 'a.jpg');
const GEOJSON = toGeoJson(SHAPES);
const YOLO = toYolo(SHAPES, SIZE, ['a cat', 'a dog']);
const SVG = toSvg(SHAPES, SIZE);
const PATH = 'M1 2L3 4H5V6ZM-1.5e3 .5L0 0Z';
const WORDS = [
  'M',
  'L',
  'Z',
  'c',
  ' ',
  ',',
  '-',
  '.',
  'e',
  '1',
  '9e999',
  '<',
  '/',
  '"',
  '&',
  '\0',
  '\n',
  'NaN',
];

const NPY = [
  toNpy(new Float32Array(6), [2, 3]),
  toNpy(new Uint8Array(4), [4]),
  toNpy(new Int32Array(2), [1, 2, 1]),
];
const PNG = [
  toMaskPng(MASK, SIZE),
  toMaskPng(MASK, SIZE, { bits: 1 }),
  toMaskPng(MASK, SIZE, { bits: 16 }),
  toProbabilityPng(new Float32Array(24).fill(0.3), SIZE),
  toCategoryPng({ ...SIZE, data: MASK }),
  toPng({ ...SIZE, channels: 3, data: new Uint8Array(72) }),
];

/** Makes JSON as text or parsed, as readers accept both. */
const textOrJson = (random: Random, sample: unknown): unknown =>
  random.chance(0.5) ? jsonText(random, sample) : mutateJson(random, sample);

const sized = (random: Random) => (random.chance(0.9) ? SIZE : mutateValue(random, SIZE));

function checkShapes(shapes: readonly Shape[]): void {
  for (const { label, polygons } of shapes) {
    promise(typeof label === 'string', 'a label is not a text');
    for (const { outer, holes } of polygons) {
      for (const ring of [outer, ...holes])
        promise(ring.every(Number.isFinite), 'a point is not finite');
    }
  }
}

const formats = 'core/src/formats';
const coco = 'core/src/raster/coco';

export const formatTargets = [
  target({
    name: 'NPY files',
    covers: [`${formats}/npy.ts`],
    input: (random) => mutateBytes(random, NPY),
    run(file) {
      const { data, shape } = fromNpy(file);
      promise(shape.reduce((product, side) => product * side, 1) === data.length, 'shape and data');
    },
  }),
  target({
    name: 'mask PNGs',
    covers: [`${formats}/png.ts`],
    input: (random) =>
      [
        random.pick([fromMaskPng, fromProbabilityPng, fromCategoryPng]),
        pngBytes(random, PNG),
      ] as const,
    run([read, bytes]) {
      const { width, height, ...rest } = read(bytes);
      const [values] = Object.values(rest) as [Uint8Array | Float32Array];
      promise(values.length === width * height, 'size and data');
    },
  }),
  target({
    name: 'COCO data sets',
    covers: ['core/src/util/json.ts', `${formats}/coco.ts`, `${formats}/read.ts`],
    input: (random) => textOrJson(random, random.pick(COCO)),
    run(json) {
      for (const { mask, width, height } of fromCoco(json)) {
        promise(mask.length === width * height, 'size and mask');
      }
    },
  }),
  target({
    name: 'LabelMe files',
    covers: [`${formats}/labelme.ts`],
    input: (random) => textOrJson(random, LABELME),
    run: (json) => checkShapes(fromLabelMe(json).shapes),
  }),
  target({
    name: 'GeoJSON',
    covers: [`${formats}/geojson.ts`],
    input: (random) => textOrJson(random, GEOJSON),
    run: (json) => checkShapes(fromGeoJson(json)),
  }),
  target({
    name: 'YOLO labels',
    covers: [`${formats}/yolo.ts`],
    input: (random) => [mutateText(random, [YOLO], WORDS), sized(random)] as const,
    run: ([text, size]) => checkShapes(fromYolo(text, size as never, ['a cat', 'a dog'])),
  }),
  target({
    name: 'SVG masks',
    covers: [`${formats}/svg.ts`],
    input: (random) =>
      [mutateText(random, [SVG], WORDS), mutateText(random, [PATH], WORDS)] as const,
    run([svg, path]) {
      try {
        checkShapes([{ label: '', polygons: [parseSvgPath(path)] }]);
      } finally {
        checkShapes(fromSvg(svg).shapes);
      }
    },
  }),
  target({
    name: 'COCO run lengths',
    covers: [`${coco}/coco-rle.ts`, `${coco}/coco-string.ts`],
    weight: 2,
    input(random) {
      const rle = random.pick([RLE, COUNTS]);
      if (random.chance(0.5)) return mutateJson(random, rle) as never;
      const codes = random.list(random.below(12), () => String.fromCharCode(random.from(47, 112)));
      return {
        size: [4, 6] as const,
        counts: random.chance(0.5)
          ? mutateText(random, [RLE.counts], codes.concat('0'))
          : codes.join(''),
      };
    },
    run(rle: typeof RLE) {
      const mask = decodeCocoRle(rle);
      const [height, width] = rle.size;
      promise(mask.length === width * height, 'size and mask');
      promise(mask.reduce((sum, value) => sum + value, 0) === cocoArea(rle), 'area');
      promise(cocoBox(rle).every(Number.isFinite), 'box');
      const again = decodeCocoRle(encodeCocoRle(mask, { width, height }));
      promise(Buffer.compare(mask, again) === 0, 'written and read again');
    },
  }),
  target({
    name: 'COCO segmentations',
    covers: [`${coco}/coco-mask.ts`, `${coco}/coco-polygon.ts`],
    weight: 2,
    input: (random) =>
      [mutateJson(random, random.pick([RLE, COUNTS, POLYGONS])), sized(random)] as const,
    run([segmentation, size]) {
      const mask = cocoMask(segmentation as never, size as never);
      promise(
        mask.every((value) => value < 2),
        'not 0 or 1',
      );
      if (Array.isArray(segmentation)) cocoPolygonMask(segmentation, size as never);
    },
  }),
];
